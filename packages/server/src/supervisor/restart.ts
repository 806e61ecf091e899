// A restart without a stop: asked for by SIGHUP or `gatepost restart`, one at a time, told by events.
import type { Emit } from '#events/emit.ts'
import type { Children } from './children.ts'

type Options = {
  readonly children: () => Pick<Children, 'restart'>
  readonly emit: Emit
  /** Every process is a new one; control may have made a new set-up link. */
  readonly done: (setupUrl: string | null) => void
}

/** Returns what begins a restart; while one is under way it does nothing. */
export function createRestart({ children, emit, done }: Options): () => void {
  let isUnderWay = false
  return () => {
    if (isUnderWay) return
    isUnderWay = true
    emit('supervisor.restart.begun')
    children()
      .restart()
      .then(
        (control) => {
          done(control?.setupUrl ?? null)
          emit('supervisor.restart.done')
        },
        (error: unknown) => {
          emit('supervisor.restart.failed', { why: error instanceof Error ? error.message : String(error) })
        },
      )
      .finally(() => {
        isUnderWay = false
      })
  }
}
