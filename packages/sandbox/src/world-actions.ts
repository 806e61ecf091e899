// What people of the small internet do with mail: write to acme, write from acme, and try what should not
// work. A table; how it is done stands in act.ts.
import type { Attachment } from './message-text.ts'
import type { SendResult } from './senders.ts'
import { ACME, type Environment } from './world-zones.ts'

export type ActionKind =
  | 'partner'
  | 'survey'
  | 'unknown-recipient'
  | 'spoofed'
  | 'foreign-domain'
  | 'virus'
  | 'display-name'
  | 'spam'
  | 'bypass'
  | 'outbound'
  | 'outbound-cloud'
  | 'unauthorised'

export type Action = {
  readonly kind: ActionKind
  readonly title: string
  /** What a gateway in good order does with it. */
  readonly expect: string
  /** The address that the client claims by PROXY v2. */
  readonly sourceIp: string
  readonly helo: string
  readonly reversePath: string
  readonly author: string
  readonly to: string
  readonly subject: string
  readonly body: string
  readonly attachment?: Attachment
  /** Where such mail is sent at all; everywhere without it. */
  readonly environments?: readonly Environment[]
}

export type ActionChanges = Partial<
  Pick<Action, 'sourceIp' | 'helo' | 'reversePath' | 'author' | 'to' | 'subject' | 'body'>
>

export type ActionDone = {
  readonly kind: ActionKind
  readonly at: number
  readonly reversePath: string
  readonly to: string
  readonly sourceIp: string
  readonly messageId: string
  readonly result: SendResult
}

/** In two halves, so that no scanner takes this file for infected. */
const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('')
const BRIGHT = { sourceIp: '203.0.113.10', helo: 'mail.bright.example' }

export const ACTIONS: readonly Action[] = [
  {
    ...BRIGHT,
    kind: 'partner',
    title: 'Ben of Bright writes to Ann',
    expect: 'Accepted and delivered, SPF passes',
    reversePath: 'ben@bright.example',
    author: 'Ben Bright <ben@bright.example>',
    to: 'ann@acme.example',
    subject: 'Offer for the spring order',
    body: 'Dear Ann,\n\nhere is the offer we talked about.\n\nBen',
  },
  {
    kind: 'survey',
    title: 'A survey service writes as Acme',
    expect: 'SPF passes for the service, the author is Acme',
    sourceIp: '203.0.113.77',
    helo: 'out7.survey.example',
    reversePath: 'bounce-17@survey.example',
    author: 'Acme feedback <sales@acme.example>',
    to: 'bob@acme.example',
    subject: 'How did we do?',
    body: 'Two questions, one minute.',
  },
  {
    ...BRIGHT,
    kind: 'unknown-recipient',
    title: 'Ben of Bright writes to nobody',
    expect: '550 5.1.1 Invalid Recipient once recipients are validated',
    reversePath: 'ben@bright.example',
    author: 'Ben Bright <ben@bright.example>',
    to: 'nobody@acme.example',
    subject: 'Is anybody there?',
    body: 'This mailbox does not exist.',
  },
  {
    kind: 'spoofed',
    title: 'A stranger pretends to be Ann',
    expect: 'SPF fails, and nothing proves the author',
    sourceIp: '192.0.2.66',
    helo: 'host-66.dialup.example',
    reversePath: 'ann@acme.example',
    author: 'Ann Archer <ann@acme.example>',
    to: 'bob@acme.example',
    subject: 'Urgent payment',
    body: 'Bob, pay this today and tell nobody.\n\nAnn',
  },
  {
    ...BRIGHT,
    kind: 'foreign-domain',
    title: 'Ben tries to relay to another domain',
    expect: '451 4.7.1 Open relay not allowed',
    reversePath: 'ben@bright.example',
    author: 'Ben Bright <ben@bright.example>',
    to: 'info@survey.example',
    subject: 'Passing through',
    body: 'This should not get through the gateway.',
  },
  {
    ...BRIGHT,
    kind: 'virus',
    title: 'Ben of Bright sends an infected file',
    expect: 'The EICAR test file: refused or held once virus scanning is on',
    reversePath: 'ben@bright.example',
    author: 'Ben Bright <ben@bright.example>',
    to: 'ann@acme.example',
    subject: 'Invoice of October',
    body: 'Dear Ann,\n\nthe invoice is in the file.\n\nBen',
    attachment: { name: 'invoice.com', type: 'application/octet-stream', content: EICAR },
  },
  {
    kind: 'display-name',
    title: 'A stranger shows Ann’s name',
    expect: 'Its own address, the name of a colleague',
    sourceIp: '192.0.2.66',
    helo: 'mx.phish.example',
    reversePath: 'office@phish.example',
    author: 'Ann Archer <office@phish.example>',
    to: 'bob@acme.example',
    subject: 'Are you at your desk?',
    body: 'Bob, I need gift cards for a customer. Answer here, I am in a meeting.\n\nAnn',
  },
  {
    kind: 'spam',
    title: 'Spam comes from a dial-up address',
    expect: 'Greylisted, never tried again',
    sourceIp: '192.0.2.200',
    helo: 'friend',
    reversePath: 'win@lottery.example',
    author: 'Winner Office <win@lottery.example>',
    to: 'sales@acme.example',
    subject: 'YOU WON 1,000,000 USD!!!',
    body: 'Click http://198.51.100.250/claim now to claim your prize. Act now, limited time, 100% free.',
  },
  {
    kind: 'bypass',
    title: 'A stranger goes past the gateway',
    expect: 'Straight to the mail host; refused once it is locked',
    sourceIp: '127.0.0.66',
    helo: 'host-66.dialup.example',
    reversePath: 'stranger@phish.example',
    author: 'A stranger <stranger@phish.example>',
    to: 'ann@acme.example',
    subject: 'Past your gateway',
    body: 'This message never met Gatepost.',
  },
  {
    kind: 'outbound',
    title: 'Ann writes to Ben of Bright',
    expect: 'From the mail host; accepted once its address is authorised, delivered by MX',
    environments: ['on-premises', 'hybrid'],
    sourceIp: ACME.publicIp,
    helo: ACME.mailHost,
    reversePath: 'ann@acme.example',
    author: 'Ann Archer <ann@acme.example>',
    to: 'ben@bright.example',
    subject: 'Our order',
    body: 'Dear Ben,\n\nwe take ten of them.\n\nAnn',
  },
  {
    kind: 'outbound-cloud',
    title: 'Ann writes to Ben from the cloud',
    expect: 'Accepted once the cloud is switched on and its mail proves to be yours',
    // Put in by the provider's own servers: see cloud.ts.
    sourceIp: '',
    helo: '',
    reversePath: 'ann@acme.example',
    author: 'Ann Archer <ann@acme.example>',
    to: 'ben@bright.example',
    subject: 'Our order from the cloud',
    body: 'Dear Ben,\n\nten more of them.\n\nAnn',
    environments: ['microsoft-365', 'hybrid', 'google-workspace'],
  },
  {
    kind: 'unauthorised',
    title: 'Acme writes from an unknown address',
    expect: '451 4.7.1 Open relay not allowed (address is not authorized)',
    sourceIp: '198.51.100.99',
    helo: 'branch.acme.example',
    reversePath: 'bob@acme.example',
    author: 'Bob Brown <bob@acme.example>',
    to: 'ben@bright.example',
    subject: 'From the branch office',
    body: 'This address was never authorised.',
  },
]

export function isActionKind(text: string): text is ActionKind {
  return ACTIONS.some((action) => action.kind === text)
}

/** What fits where acme's mail lives. */
export function actionsIn(environment: Environment): readonly Action[] {
  return ACTIONS.filter(({ environments }) => environments?.includes(environment) ?? true)
}
