// The words for runs and their changes.
import type { Connector, SyncChange, SyncRun } from '@gatepost/contract/directory.ts'
import { count, plural } from '#shared/format.ts'
import type { Tone } from '#shared/vocabulary.ts'

export const runWords: {
  readonly [State in SyncRun['state']]: { readonly tone: Tone; readonly word: string }
} = {
  reading: { tone: 'info', word: 'Reading' },
  previewed: { tone: 'info', word: 'Waits for your yes' },
  applying: { tone: 'info', word: 'Applying' },
  done: { tone: 'ok', word: 'Done' },
  refused: { tone: 'bad', word: 'Held back' },
  failed: { tone: 'bad', word: 'Failed' },
  cancelled: { tone: 'mute', word: 'Cancelled' },
  replaced: { tone: 'mute', word: 'Replaced' },
}

export const changeWords: { readonly [Kind in SyncChange['change']]: string } = {
  add: 'New',
  change: 'Changed',
  leave: 'Not listed any more',
  return: 'Listed again',
  remove: 'To be removed',
}

export const outcomeWords: {
  readonly [Kind in SyncChange['outcome']]: { readonly tone: Tone; readonly word: string }
} = {
  planned: { tone: 'mute', word: 'Planned' },
  applied: { tone: 'ok', word: 'Applied' },
  skipped: { tone: 'warn', word: 'Left out' },
  kept: { tone: 'info', word: 'Kept' },
  held: { tone: 'warn', word: 'Held back' },
}

export const stateWords: {
  readonly [State in Connector['state']]: { readonly tone: Tone; readonly word: string }
} = {
  new: { tone: 'info', word: 'Not synchronised yet' },
  ok: { tone: 'ok', word: 'Synchronised' },
  error: { tone: 'bad', word: 'In error' },
  disabled: { tone: 'mute', word: 'Switched off' },
}

export function isRunning(run: SyncRun | null | undefined): boolean {
  return run?.state === 'reading' || run?.state === 'applying'
}

/** "120 new, 3 changed, 2 leaving, 1 removed"; what is none is left out. */
export function summaryOf({ adds, changes, leaving, removals, skipped, held }: SyncRun): string {
  const parts = [
    adds > 0 ? `${count(adds)} new` : '',
    changes > 0 ? `${count(changes)} changed` : '',
    leaving > 0 ? `${count(leaving)} leaving` : '',
    removals > 0 ? `${count(removals)} to remove` : '',
    held > 0 ? `${count(held)} held back` : '',
    skipped > 0 ? `${count(skipped)} left out` : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'nothing to change' : parts.join(', ')
}

/** What a run is doing now. */
export function progressOf(run: SyncRun): string {
  if (run.state === 'applying')
    return `${count(run.applied + run.skipped)} of ${plural(run.planned, 'change')} applied`
  return run.read === 0 ? 'Connecting' : `${plural(run.read, 'entry', 'entries')} read`
}
