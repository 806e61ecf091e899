// Asks an rspamd beside us for its score (POST /checkv2): symbols become contributions, and no answer is
// null.
import type { SpamContribution, SpamFact } from '#policy/facts.ts'

export type RspamdOptions = {
  /** Where its normal worker listens, such as `http://127.0.0.1:11333`. */
  readonly url: string
  readonly timeoutMs?: number | undefined
}

/** What it is told beside the content. */
export type AskedAbout = {
  readonly clientIp: string
  readonly helo: string
  readonly reversePath: string | null
}

const TIMEOUT_MS = 10_000
const SYMBOLS_MAX = 60
/** rspamd's own answers are some KiB; what is larger comes from something else. */
const ANSWER_MAX = 1_048_576

/** Its score, or null with nobody there or an answer that is none. Never rejects. */
export async function rspamdScore(
  { url, timeoutMs = TIMEOUT_MS }: RspamdOptions,
  content: Uint8Array,
  { clientIp, helo, reversePath }: AskedAbout,
): Promise<SpamFact | null> {
  try {
    const answer = await fetch(new URL('/checkv2', url), {
      method: 'POST',
      body: new Uint8Array(content),
      headers: {
        ...(clientIp === '' ? {} : { IP: clientIp }),
        ...(helo === '' ? {} : { Helo: fieldOf(helo) }),
        From: fieldOf(reversePath ?? ''),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!answer.ok) return null
    const text = await answer.text()
    return text.length > ANSWER_MAX ? null : readAnswer(JSON.parse(text))
  } catch {
    return null
  }
}

/** Reads the JSON of `/checkv2`. */
export function readAnswer(answer: unknown): SpamFact | null {
  if (typeof answer !== 'object' || answer === null) return null
  const { score, symbols } = answer as { readonly score?: unknown; readonly symbols?: unknown }
  if (typeof score !== 'number' || !Number.isFinite(score)) return null
  const contributions: SpamContribution[] = []
  for (const [name, symbol] of Object.entries(symbols ?? {})) {
    const { score: points, description } = symbol as {
      readonly score?: unknown
      readonly description?: unknown
    }
    if (typeof points !== 'number' || points === 0) continue
    contributions.push({
      name,
      points,
      saw: typeof description === 'string' ? description.slice(0, 120) : '',
    })
  }
  contributions.sort((one, other) => Math.abs(other.points) - Math.abs(one.points))
  return { score, contributions: contributions.slice(0, SYMBOLS_MAX), engine: 'rspamd' }
}

/** Header values of HTTP are ASCII without line ends. */
function fieldOf(text: string): string {
  return text.replace(/[^\u0020-\u007e]/g, '?').slice(0, 500)
}
