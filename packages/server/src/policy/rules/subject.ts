// From a transaction and its facts to what rules are selected by; every policy with rules asks alike.
import { addressKey } from '@gatepost/mail/address.ts'
import { type Fact, type Facts, unknown } from '../facts.ts'
import type { PolicyTransaction, WantedFacts } from '../policy.ts'
import type { RuleType } from '../rule.ts'
import type { TenantSettings } from '../settings.ts'
import { rulesOf } from './index.ts'
import type { RuleSubject } from './select.ts'

/** The client's names where no rule asked for them. */
export const NAMES_NOT_ASKED = unknown('no rule asks for host names')
const CLIENT_NAMES: readonly ['clientNames'] = ['clientNames']
const NOTHING: readonly [] = []

type Made = {
  readonly transaction: PolicyTransaction
  readonly author: Facts['author'] | null
  readonly clientNames: Fact<readonly string[]>
  readonly subject: RuleSubject
}

/** The last one: the policies of a message ask for it one after the other, and selections are known by it. */
let last: Made | null = null

/**
 * The subject of a rule; null when there is no recipient. `author` is null at RCPT: the header is not here,
 * so no rule looks at it (decisions 10). The same question again gets the same object.
 */
export function subjectOf(
  transaction: PolicyTransaction,
  author: Facts['author'] | null,
  wanted: WantedFacts<'clientNames'> = {},
): RuleSubject | null {
  const { clientIp, reversePath, forwardPath, now } = transaction
  if (forwardPath === null) return null
  const clientNames = wanted.clientNames ?? NAMES_NOT_ASKED
  if (last?.transaction === transaction && last.author === author && last.clientNames === clientNames) {
    return last.subject
  }
  const subject = {
    clientIp,
    clientNames,
    envelopeFrom: reversePath === null ? null : addressKey(reversePath),
    headerFrom: author === null ? null : author.people.flatMap(({ address }) => address ?? []),
    to: addressKey(forwardPath),
    now,
  }
  last = { transaction, author, clientNames, subject }
  return subject
}

/** The wish for the client's names, where a rule of one of these types asks for one: else no look-up. */
export function wantsClientNames(
  settings: TenantSettings | null,
  types: readonly RuleType[],
): readonly 'clientNames'[] {
  if (settings === null || settings.rules === undefined) return NOTHING
  const index = rulesOf(settings)
  return types.some((type) => index.ofType(type)?.client.asksForHostNames) ? CLIENT_NAMES : NOTHING
}
