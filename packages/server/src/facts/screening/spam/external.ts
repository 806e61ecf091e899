// Another engine beside us, by configuration: its score counts where it answers, ours where it does not.
import type { SpamFact } from '#policy/facts.ts'
import { rspamdScore } from './rspamd.ts'
import { spamdScore } from './spamd.ts'

/** Which engine scores, and where it listens. */
export type SpamEngine =
  | { readonly kind: 'rspamd'; readonly url: string }
  | { readonly kind: 'spamd'; readonly host: string; readonly port: number }

type About = { readonly clientIp: string; readonly helo: string; readonly reversePath: string | null }

/** Messages asked about at a time; one more is scored by ourselves instead of waiting. */
const AT_ONCE_MAX = 20
/** After a failure the engine is left alone for this long: mail must not wait for nobody again and again. */
const REST_MS = 15_000
/** Larger content is not sent: other engines cut it off as well. */
export const ENGINE_OCTETS_MAX = 1_048_576

/** A client of one engine; answers null where ours has to do. Never rejects. */
export class ExternalScorer {
  readonly #engine: SpamEngine
  readonly #now: () => number
  #running = 0
  #restUntil = 0

  constructor(engine: SpamEngine, now: () => number = () => performance.now()) {
    this.#engine = engine
    this.#now = now
  }

  /** Left alone after a failure. */
  isResting(): boolean {
    return this.#now() < this.#restUntil
  }

  async score(content: Uint8Array, about: About): Promise<SpamFact | null> {
    if (
      content.length === 0 ||
      content.length > ENGINE_OCTETS_MAX ||
      this.#running >= AT_ONCE_MAX ||
      this.isResting()
    )
      return null
    this.#running++
    try {
      const engine = this.#engine
      const found =
        engine.kind === 'rspamd'
          ? await rspamdScore({ url: engine.url }, content, about)
          : await spamdScore(engine, content)
      if (found === null) this.#restUntil = this.#now() + REST_MS
      return found
    } finally {
      this.#running--
    }
  }
}
