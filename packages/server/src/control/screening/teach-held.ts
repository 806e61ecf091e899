// What people decide about mail held as spam is a lesson too: a release says that it was wanted.
import type { SpamKind } from '@gatepost/contract/spam.ts'
import { fetchContent } from '../hold/preview.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { teachSpam } from './learn.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

/** Messages of one call that are taught: more of a kind at once teach nothing new. */
const MESSAGES_MAX = 20
/** What a message says stands at its beginning. */
const OCTETS = 262_144

/** Teaches held messages before they leave. Nothing that goes wrong here keeps mail from its release. */
export async function teachHeld(
  scope: Scope,
  asked: {
    readonly kind: SpamKind
    readonly origin: 'release' | 'report'
    readonly messages: readonly { readonly messageId: string; readonly reversePath: string | null }[]
  },
  deps: Deps,
): Promise<number> {
  let taught = 0
  for (const { messageId, reversePath } of asked.messages.slice(0, MESSAGES_MAX)) {
    try {
      const { octets } = await fetchContent(scope, { messageId, octets: OCTETS }, deps)
      const { kind, origin } = asked
      await teachSpam(scope, { kind, origin, content: octets, reversePath }, deps)
      taught++
    } catch {
      // Gone meanwhile, an edge that is silent, or enough lessons for today.
    }
  }
  return taught
}
