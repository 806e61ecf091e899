// Turns a message's record into the moments of the timeline: pure, so that it can be tested without a page.
import type { Message } from '@gatepost/contract/message.ts'

type Status = Message['status']
type Step = Message['explanation'][number]
type Attempt = Message['attempts'][number]

export type Entry =
  | {
      readonly kind: 'connection'
      readonly at: number
      readonly title: string
      readonly state: Status
      readonly words: string
    }
  | {
      readonly kind: 'stage'
      readonly at: number
      readonly title: string
      readonly state: Status
      readonly steps: readonly Step[]
      readonly reply: string | null
    }
  | {
      readonly kind: 'attempt'
      readonly at: number
      readonly title: string
      readonly state: Status
      readonly words: string
      readonly reply: string
      readonly durationMs: number
      readonly report: string | null
      /** What was agreed and shown in TLS, a line each. */
      readonly tls: readonly string[]
      /** How it was signed; null where it was not. */
      readonly signed: string | null
      /** What became of a first-contact banner; null where none was wanted. */
      readonly banner: string | null
    }

export function entriesOf(message: Message): readonly Entry[] {
  return [...connection(message), ...stages(message), ...message.attempts.map(attemptEntry)]
}

function connection({ client, at, origin }: Message): readonly Entry[] {
  if (client === null) {
    const title = origin === 'dsn' ? 'Gatepost wrote this delivery report' : 'Gatepost sent this message'
    return [{ kind: 'connection', at, title, state: 'accepted', words: 'It did not come by SMTP.' }]
  }
  const name = client.name ? `${client.name} [${client.ip}]` : client.ip
  const tls = client.tls ? `${client.tls.version}, ${client.tls.cipher}` : 'no TLS'
  return [
    {
      kind: 'connection',
      at,
      title: `Connection from ${name}`,
      state: 'accepted',
      words: `HELO ${client.helo}, ${tls}`,
    },
  ]
}

function stages(message: Message): readonly Entry[] {
  const steps = stepsOf(message)
  const rcpt = steps.filter(({ stage }) => stage === 'rcpt')
  const content = steps.filter(({ stage }) => stage === 'message')
  const reply = message.reply && replyText(message.reply)
  const refusedAt = content.length > 0 ? 'message' : 'rcpt'
  const entries: Entry[] = []
  if (rcpt.length > 0)
    entries.push(stageEntry({ message, steps: rcpt, stage: 'rcpt', final: refusedAt === 'rcpt', reply }))
  if (content.length > 0)
    entries.push(stageEntry({ message, steps: content, stage: 'message', final: true, reply }))
  if (entries.length === 0 && reply) {
    entries.push(stageEntry({ message, steps: [], stage: 'message', final: true, reply }))
  }
  return entries
}

/** Recipient stages are kept with each recipient; where there are several, the panel beside shows them. */
function stepsOf({ explanation, recipients }: Message): readonly Step[] {
  const isWhole = explanation.some(({ stage }) => stage === 'rcpt')
  if (isWhole || (recipients.length > 1 && explanation.length > 0)) return explanation
  return [...(recipients[0]?.explanation ?? []), ...explanation]
}

type StageInput = {
  readonly message: Message
  readonly steps: readonly Step[]
  readonly stage: Step['stage']
  /** The stage that gave the reply. */
  readonly final: boolean
  readonly reply: string | null
}

function stageEntry({ message, steps, stage, final, reply }: StageInput): Entry {
  const state = final ? stateAtDoor(message) : 'accepted'
  const subject = stage === 'rcpt' ? 'Recipient' : 'Message'
  const verb = { refused: 'refused', deferred: 'put off', held: 'accepted and held' } as const
  const how = state === 'refused' || state === 'deferred' || state === 'held' ? verb[state] : 'accepted'
  return {
    kind: 'stage',
    at: message.at,
    title: `${subject} ${how}`,
    state,
    steps,
    reply: final ? reply : null,
  }
}

/** What we answered at the door, whatever became of the message later. */
function stateAtDoor(message: Message): Status {
  const code = message.reply?.code ?? 250
  if (code >= 500) return 'refused'
  if (code >= 400) return 'deferred'
  return message.status === 'held' ? 'held' : 'accepted'
}

const outcomes: ReadonlyMap<string, { readonly words: string; readonly state: Status }> = new Map([
  ['delivered', { words: 'accepted', state: 'delivered' as const }],
  ['deferred', { words: 'put off', state: 'deferred' as const }],
  ['bounced', { words: 'refused for good', state: 'bounced' as const }],
  ['ambiguous', { words: 'ended without an answer; tried again', state: 'deferred' as const }],
  ['held', { words: 'held', state: 'held' as const }],
])

function attemptEntry(attempt: Attempt): Entry {
  const outcome = outcomes.get(attempt.outcome) ?? { words: attempt.outcome, state: 'queued' as const }
  const by = attempt.nextHop ? ` by ${attempt.nextHop.host}` : ''
  return {
    kind: 'attempt',
    at: attempt.at,
    title: `Delivery attempt ${attempt.attempt} ${outcome.words}${outcome.state === 'held' ? '' : by}`,
    state: outcome.state,
    words: hopWords(attempt),
    reply: replyText(attempt.reply),
    durationMs: attempt.durationMs,
    report: attempt.dsnId ? 'A delivery report went to the sender.' : null,
    tls: tlsLines(attempt),
    signed: signedWords(attempt),
    banner: attempt.banner === undefined ? null : BANNER_WORDS[attempt.banner],
  }
}

function hopWords({ nextHop, tls, recipients }: Attempt): string {
  const ip = nextHop?.ip ? ` [${nextHop.ip}]` : ''
  const hop = nextHop ? `${nextHop.host}${ip}:${nextHop.port}` : 'No mail host reached'
  const secured = tls ? `${tls.version}${vouched(tls)}` : 'no TLS'
  return `${hop}, ${secured}, for ${recipients.join(', ')}`
}

const KEPT = 'First contact: no banner, only the header field,'
const BANNER_WORDS: { readonly [Name in NonNullable<Attempt['banner']>]: string } = {
  placed: 'First contact: a banner stands in the text, so the author’s DKIM signature is broken.',
  signed: `${KEPT} because people signed the text (S/MIME or PGP).`,
  encrypted: `${KEPT} because the text is encrypted or signed with PGP.`,
  report: `${KEPT} because it is a report for programs.`,
  'no-text': `${KEPT} because there is no text to put it in.`,
  unreadable: `${KEPT} because the structure of the message is broken.`,
  'too-large': `${KEPT} because the message is larger than 16 MB.`,
}

/** `Signed as acme.example (DKIM: gp1 RSA, gp2 Ed25519)`. */
function signedWords({ signatures = [], unsigned }: Attempt): string | null {
  if (unsigned) return `Sent without its signature: ${unsigned}`
  const [first] = signatures
  if (first === undefined) return null
  const keys = signatures.map(({ selector, algorithm }) => {
    return `${selector} ${algorithm.startsWith('rsa') ? 'RSA' : 'Ed25519'}`
  })
  if (first.kind === 'arc') return `Sealed as ${first.domain} (ARC: ${keys.join(', ')})`
  return `Signed as ${first.domain} (DKIM: ${keys.join(', ')})`
}

/** Who vouched for the host. */
function vouched({ verified, by }: NonNullable<Attempt['tls']>): string {
  if (by === 'dane') return ', certificate named by its TLSA records (DANE)'
  if (by === 'mta-sts') return ', certificate checked as its MTA-STS policy asks'
  if (by === 'policy') return verified ? ', certificate checked as a policy asks' : ', asked by a policy'
  return verified ? ', certificate checked' : ''
}

/** Cipher and certificate of a delivery, each a line; empty without TLS. */
function tlsLines({ tls }: Attempt): readonly string[] {
  if (tls === null) return []
  const { cipher, certificate, fault, stsTestFailed } = tls
  const lines = [`Cipher ${cipher}`]
  if (certificate) {
    lines.push(`Certificate of ${certificate.subject}`, `Issued by ${certificate.issuer}`)
    lines.push(`Valid until ${new Date(certificate.notAfter).toISOString().slice(0, 10)}`)
    lines.push(`SHA-256 ${certificate.fingerprint}`)
  }
  if (fault) lines.push(`Not verified, and did not have to be: ${fault}`)
  if (stsTestFailed) lines.push('The domain tests an MTA-STS policy that this delivery would have failed')
  return lines
}

/** `250 2.6.0 Queued mail for delivery`. */
export function replyText({ code, status, text }: NonNullable<Message['reply']>): string {
  const already = status !== null && text.startsWith(status)
  return [code > 0 ? String(code) : '', already ? '' : (status ?? ''), text].filter(Boolean).join(' ')
}
