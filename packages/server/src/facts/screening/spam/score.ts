// The built-in score as a fact of screening: what the session knows beside the content goes in, points come
// out.
import type { SpamFact } from '#policy/facts.ts'
import { unpackLearned } from '#spam/learned.ts'
import { scoreContent } from '#spam/score.ts'
import type { SpamInput } from '../screening.ts'

/** What an organisation taught, unpacked once for as long as its text stays. */
const unpacked = new Map<
  string,
  { readonly text: string; readonly learned: ReturnType<typeof unpackLearned> }
>()
/** Organisations whose lessons stay unpacked; the oldest leave. */
const UNPACKED_MAX = 200

/**
 * Scores one message. `taught` is the organisation's packed lessons of the snapshot, null for none. Runs some
 * milliseconds for mail of usual size; never throws on content.
 */
export function scoreMessage(input: SpamInput, taught: string | null = null): SpamFact {
  const { octets, mime, about } = input
  const { reversePath, helo, clientIp, authentication } = about
  return scoreContent(
    {
      content: octets,
      reversePath,
      helo,
      clientIp,
      authentication: authentication.kind === 'known' ? authentication.value : null,
    },
    taught === null ? null : learnedOf(about.tenantId, taught),
    mime,
  )
}

function learnedOf(tenantId: string, text: string): ReturnType<typeof unpackLearned> {
  const kept = unpacked.get(tenantId)
  if (kept?.text === text) return kept.learned
  const learned = unpackLearned(text)
  unpacked.delete(tenantId)
  if (unpacked.size >= UNPACKED_MAX) unpacked.delete(unpacked.keys().next().value ?? '')
  unpacked.set(tenantId, { text, learned })
  return learned
}
