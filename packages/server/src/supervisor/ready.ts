// /readyz in words: control's store answers, and at least one edge takes mail with the newest settings.
import type { MeasurementBoard } from '#link/measurements.ts'
import type { Clock } from '#platform/clock.ts'

/** An edge that was not heard of for so long is taken to be gone. */
const SILENT_MS = 10_000
/** Settings reach edges within a second; ten leave room for a busy machine. */
const ADOPT_MS = 10_000
const STORE_MS = 2_000
/** Just after a start, or while a worker changes places, a moment decides: it is waited for. */
const PATIENCE_MS = 1_000
const LOOK_MS = 50

export type Ready = { readonly ok: boolean; readonly why: string | null }

type Parts = {
  /** Resolves when the store has answered a small question. */
  readonly askStore: () => Promise<unknown>
  readonly link: {
    edges(): readonly {
      readonly node: string
      readonly slot: number
      readonly version: number
      readonly seenAt: number
    }[]
    version(): number
    publishedAt(): number
  }
  readonly board: Pick<MeasurementBoard, 'edges'>
  readonly clock: Clock
}

/** Whether mail can be taken now, with the reason when not. Never rejects. */
export async function readiness(parts: Parts): Promise<Ready> {
  const { clock } = parts
  if (!(await storeAnswers(parts))) return { ok: false, why: 'the database of control does not answer' }
  const until = clock.now() + PATIENCE_MS
  for (;;) {
    const why = edgesLack(parts)
    if (why === null || clock.now() >= until) return { ok: why === null, why }
    await clock.sleep(LOOK_MS)
  }
}

async function storeAnswers({ askStore, clock }: Parts): Promise<boolean> {
  const over = new AbortController()
  const late = clock.sleep(STORE_MS, over.signal).then(() => false)
  const answered = askStore().then(
    () => true,
    () => false,
  )
  const isThere = await Promise.race([answered, late])
  over.abort()
  return isThere
}

function edgesLack({ link, board, clock }: Parts): string | null {
  const now = clock.now()
  const alive = link.edges().filter(({ seenAt }) => seenAt >= now - SILENT_MS)
  if (alive.length === 0) return 'no edge has reported yet'
  const isFresh = link.publishedAt() > now - ADOPT_MS
  const current = alive.filter(({ version }) => version >= 0 && (isFresh || version === link.version()))
  if (current.length === 0) return 'no edge works with the newest settings'
  const measured = board.edges()
  const takesMail = current.filter(({ node, slot }) => {
    const found = measured.find((edge) => edge.node === node && edge.slot === slot)
    // Its spool is open, or it would not ask for settings; a reading that says otherwise counts.
    return found?.measured.gauges.get('spool_ok') !== 0
  })
  return takesMail.length === 0 ? 'the spool of no edge takes messages' : null
}
