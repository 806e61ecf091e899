// Reads a source from beginning to end and keeps after every page what is needed to go on (X1): stopped as
// often as one likes, it gives the same pairs as a run without a stop.
import { countLetters, type LeftOut, type Pair, type Rules } from './collect.ts'
import { type Effects, type Page, type Part, type Source, SourceFault } from './source.ts'

/** Where a run stands. Kept by a ledger. */
export type Standing = {
  readonly parts: readonly Part[]
  /** The part being read; `parts.length` at the end. */
  readonly index: number
  readonly cursor: string | null
}

/** What one page adds. */
export type Step = {
  readonly index: number
  readonly cursor: string | null
  readonly isPartDone: boolean
  readonly seen: number
  readonly pairs: readonly Pair[]
  readonly leftOut: LeftOut
  /** Why the part was given up; null when it was not. */
  readonly skipped: string | null
  /** A part that was given up before any of it counted: it may be tried again. */
  readonly isUntouched?: boolean
}

/** Keeps a run: whole or not at all, step by step. */
export type Ledger = {
  /** Null for a run that has not begun. */
  load(): Promise<Standing | null>
  begin(parts: readonly Part[]): Promise<void>
  keep(step: Step): Promise<void>
}

/** What is told while it goes on. */
export type RunEvent =
  | { readonly kind: 'parts'; readonly parts: number; readonly done: number }
  | { readonly kind: 'page'; readonly part: Part; readonly index: number; readonly page: Page }
  | { readonly kind: 'part-done'; readonly part: Part; readonly index: number }
  | { readonly kind: 'part-skipped'; readonly part: Part; readonly index: number; readonly why: string }
  | { readonly kind: 'waiting'; readonly why: string; readonly delayMs: number }

export type RunInput = {
  readonly source: Source
  readonly ledger: Ledger
  readonly rules: Rules
  readonly effects: Pick<Effects, 'now' | 'pause'>
  /** Between two pages, so that the mail system has time for its people. */
  readonly paceMs: number
  /** How long a service may stay away before the run gives up and can be resumed later. */
  readonly patienceMs: number
  readonly report: (event: RunEvent) => void
}

/** A day: an office's line may be down overnight. */
export const PATIENCE_MS = 24 * 3_600_000
const REST_MS_MIN = 2_000
const REST_MS_MAX = 15 * 60_000

/** Runs to the end, or until the signal. Throws `SourceFault` where it cannot go on; what is kept stays. */
export async function runCollection(input: RunInput, signal: AbortSignal): Promise<'complete' | 'stopped'> {
  const { source, ledger, report } = input
  try {
    const standing = (await ledger.load()) ?? (await begin(input, signal))
    if (standing === null) return 'stopped'
    report({ kind: 'parts', parts: standing.parts.length, done: standing.index })
    let cursor = standing.cursor
    for (const [index, part] of standing.parts.entries()) {
      if (index < standing.index) continue
      const isDone = await readPart(input, { part, index, cursor }, signal)
      if (!isDone) return 'stopped'
      cursor = null
    }
    return 'complete'
  } finally {
    await source.close()
  }
}

async function begin(input: RunInput, signal: AbortSignal): Promise<Standing | null> {
  const parts = await patiently(input, signal, () => input.source.parts(signal))
  if (parts === null) return null
  await input.ledger.begin(parts)
  return { parts, index: 0, cursor: null }
}

type Place = { readonly part: Part; readonly index: number; readonly cursor: string | null }

/** Reads one part to its end; false when the signal came. */
async function readPart(input: RunInput, place: Place, signal: AbortSignal): Promise<boolean> {
  const { part, index } = place
  const { ledger, report } = input
  const mark = { cursor: place.cursor }
  try {
    const done = await patiently(input, signal, (progressed) =>
      readPages(input, { ...place, mark, progressed }, signal),
    )
    if (done !== true) return false
    report({ kind: 'part-done', part, index })
    return true
  } catch (error) {
    if (!(error instanceof SourceFault) || error.reach !== 'part') throw error
    const why = `${error.saw} ${error.remedy}`.trim()
    const isUntouched = mark.cursor === null
    await ledger.keep({ ...emptyStep(index), isPartDone: true, skipped: why, isUntouched })
    report({ kind: 'part-skipped', part, index, why })
    return true
  }
}

/** Reads pages from the mark on; the mark moves with what is kept. */
async function readPages(
  input: RunInput,
  at: Place & { readonly mark: { cursor: string | null }; readonly progressed: () => void },
  signal: AbortSignal,
): Promise<boolean> {
  const { source, ledger, rules, report, effects, paceMs } = input
  const { part, index, mark } = at
  for await (const page of source.read(part, mark.cursor, signal)) {
    const { pairs, leftOut } = countLetters(page.letters, rules)
    const isPartDone = page.next === null
    const kept = { index, cursor: page.next, isPartDone, seen: page.seen, pairs, leftOut, skipped: null }
    await ledger.keep(kept)
    mark.cursor = page.next
    at.progressed()
    report({ kind: 'page', part, index, page })
    if (isPartDone) return true
    if (signal.aborted) return false
    if (paceMs > 0) await effects.pause(paceMs, signal)
    if (signal.aborted) return false
  }
  if (signal.aborted) return false
  await ledger.keep({ ...emptyStep(index), isPartDone: true })
  return true
}

const emptyStep = (index: number): Step => ({
  index,
  cursor: null,
  isPartDone: false,
  seen: 0,
  pairs: [],
  leftOut: { automatic: 0, foreign: 0, old: 0, mailing: 0 },
  skipped: null,
})

/** Tries again after passing faults, with growing rests, until patience ends; null when the signal came. */
async function patiently<Value>(
  { effects, patienceMs, report }: RunInput,
  signal: AbortSignal,
  work: (progressed: () => void) => Promise<Value>,
): Promise<Value | null> {
  let since = effects.now()
  let attempt = 0
  const progressed = (): void => {
    since = effects.now()
    attempt = 0
  }
  for (;;) {
    if (signal.aborted) return null
    try {
      return await work(progressed)
    } catch (error) {
      if (signal.aborted) return null
      if (!(error instanceof SourceFault) || error.reach !== 'passing') throw error
      const growing = Math.min(REST_MS_MAX, REST_MS_MIN * 2 ** attempt)
      const delayMs = Math.max(growing, error.restMs ?? 0)
      if (effects.now() + delayMs - since > patienceMs) throw error
      attempt += 1
      report({ kind: 'waiting', why: error.saw, delayMs })
      await effects.pause(delayMs, signal)
    }
  }
}
