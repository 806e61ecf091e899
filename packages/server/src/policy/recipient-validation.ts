// Recipient validation: unknown recipients are refused at RCPT, before anything is stored (R1, RFC 5321
// §3.3, decisions 17).
import type { Mailbox } from '@gatepost/mail/address.ts'
import { flatText } from '@gatepost/mail/bytes.ts'
import { replies } from '@gatepost/mail/reply.ts'
import type { Fact, Facts, RecipientFact } from './facts.ts'
import { definePolicy, type Opinion } from './policy.ts'
import type { DomainSettings, TenantSettings } from './settings.ts'

const ALWAYS_ACCEPTED = new Set(['postmaster', 'abuse']) // RFC 5321 §4.5.1, RFC 2142 §4; decisions 17

export const recipientValidation = definePolicy({
  name: 'recipient-validation',
  stage: 'rcpt',
  needs: ['recipient'],
  wants({ forwardPath, direction }, settings): readonly 'callForward'[] {
    // People who send to themselves are asked for too, but not strangers' recipients.
    if (forwardPath === null || direction === null || isAlwaysAccepted(forwardPath)) return []
    return domainOf(settings, forwardPath)?.recipientMode === 'call-forward' ? ['callForward'] : []
  },
  whenBlind: () => 'defer', // A list that cannot be read must neither accept junk nor refuse people.
  judge({ forwardPath, now }, { recipient }, settings, wanted): Opinion {
    const saw = forwardPath ? flatText(forwardPath.localPart, '@', forwardPath.domain) : ''
    const domain = domainOf(settings, forwardPath)
    if (!domain || !forwardPath) return { kind: 'continue', because: 'outbound-not-validated', saw }
    if (isAlwaysAccepted(forwardPath)) return { kind: 'continue', because: 'postmaster-always', saw }
    if (recipient.isReturned) return { kind: 'continue', because: 'bounce-of-forwarded', saw }
    switch (domain.recipientMode) {
      case 'accept-all':
        return { kind: 'continue', because: 'accept-all', saw }
      case 'known':
        return byList(domain, recipient, saw)
      case 'directory':
        return byDirectory(domain, recipient, saw)
      case 'call-forward':
        return byHost(domain, { recipient, answer: wanted?.callForward, saw })
      case 'learning':
        return byLearning(domain, { recipient, saw, now })
    }
  },
})

/** What is looked up for a recipient; the list is not asked where it decides nothing. */
export function needsList(domain: Pick<DomainSettings, 'recipientMode'>): boolean {
  return domain.recipientMode !== 'accept-all'
}

function byList(domain: DomainSettings, recipient: RecipientFact, saw: string): Opinion {
  return recipient.listed ? known(recipient, saw) : unknownRecipient(domain, 'recipient-unknown', saw)
}

function byDirectory(domain: DomainSettings, recipient: RecipientFact, saw: string): Opinion {
  if (recipient.listed && recipient.source === 'directory') return known(recipient, saw)
  const because = recipient.listed ? 'recipient-not-in-directory' : 'recipient-unknown'
  const source = recipient.listed ? `, source ${recipient.source}` : ''
  return unknownRecipient(domain, because, `${saw}${source}`)
}

type HostQuestion = {
  readonly recipient: RecipientFact
  readonly answer: Fact<Facts['callForward']> | undefined
  readonly saw: string
}

/** The host knows best; while it is silent, those who are listed are taken all the same (law 4). */
function byHost(domain: DomainSettings, { recipient, answer, saw }: HostQuestion): Opinion {
  if (answer?.kind === 'known') {
    const told = `${saw}, ${answer.value.host} said: ${answer.value.said}`
    return answer.value.answer === 'accepted'
      ? { kind: 'continue', because: 'recipient-confirmed', saw: told }
      : unknownRecipient(domain, 'recipient-refused-by-host', told)
  }
  if (recipient.listed) return known(recipient, saw)
  const told = `${saw}, ${answer?.why ?? 'the mail host was not asked'}`
  return domain.callForward?.whenSilent === 'accept'
    ? { kind: 'continue', because: 'host-silent', saw: told }
    : { kind: 'defer', because: 'host-silent', saw: told, reply: replies.recipientNotVerified }
}

/** After its time a domain neither refuses people nobody looked at, nor takes everybody for ever. */
function byLearning(
  domain: DomainSettings,
  { recipient, saw, now }: { readonly recipient: RecipientFact; readonly saw: string; readonly now: number },
): Opinion {
  if (recipient.listed) return known(recipient, saw)
  return domain.learningUntil === undefined || now < domain.learningUntil
    ? { kind: 'continue', because: 'recipient-learning', saw }
    : { kind: 'defer', because: 'learning-ended', saw, reply: replies.unknownRecipientDefer }
}

function known({ source }: RecipientFact, saw: string): Opinion {
  return { kind: 'continue', because: 'recipient-known', saw: flatText(saw, `, source ${source}`) }
}

function unknownRecipient(
  domain: DomainSettings,
  because: 'recipient-unknown' | 'recipient-not-in-directory' | 'recipient-refused-by-host',
  saw: string,
): Opinion {
  return domain.unknownRecipient === 'defer'
    ? { kind: 'defer', because, saw, reply: replies.unknownRecipientDefer }
    : { kind: 'reject', because, saw, reply: replies.unknownRecipient }
}

function domainOf(settings: TenantSettings | null, forwardPath: Mailbox | null): DomainSettings | undefined {
  const name = forwardPath?.domain.toLowerCase()
  return settings?.domains.find((domain) => domain.name === name)
}

/** `postmaster` and `abuse`: always accepted, and for a named person (RFC 5321 §4.5.1, RFC 2142 §4). */
export function isAlwaysAccepted({ localPart }: Mailbox): boolean {
  return ALWAYS_ACCEPTED.has(localPart.toLowerCase())
}
