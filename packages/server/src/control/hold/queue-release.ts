// A release in the queue is a release of held mail: what takes two people there takes two here.
import type { BodyOf, OutputOf } from '@gatepost/contract/endpoint.ts'
import type { actOnQueue } from '@gatepost/contract/queue.ts'
import { invalidInput } from '../problem.ts'
import { actOnWaiting } from '../queue/queue.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { classesForTwo } from './settings.ts'
import { heldSettingsOf } from './settings-store.ts'
import { idsForAnother } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

/** Messages that one order can leave out. */
const EXCEPT_MAX = 10_000

/**
 * Acts on the queue for a person or a token. A release leaves held what a second person has to release, and
 * says how much. Throws as `actOnWaiting` does.
 */
export async function actOnQueueOf(
  scope: Scope,
  input: BodyOf<typeof actOnQueue>,
  deps: Deps,
): Promise<OutputOf<typeof actOnQueue>> {
  if (input.action !== 'release') return actOnWaiting(scope, input, deps)
  const { tenantId, actor } = scope
  const isToken = actor.kind === 'person' && actor.id.startsWith('tok_')
  const asked = {
    tenantId,
    classes: classesForTwo(await heldSettingsOf(deps.store.db, tenantId)),
    by: isToken ? null : actor.name,
    messages: input.messages,
  }
  const except = await idsForAnother(deps.store.db, asked, EXCEPT_MAX + 1)
  if (except.length > EXCEPT_MAX) throw invalidInput([{ path: '/filter', message: TOO_MANY }])
  return actOnWaiting(scope, input, deps, except.length === 0 ? {} : { except })
}

const TOO_MANY =
  'More than 10,000 held messages take two people to release. Release the others on Held mail, class by class.'
