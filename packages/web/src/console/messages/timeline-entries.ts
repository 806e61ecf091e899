// Turns a message's record into the moments of the timeline: pure, so that it can be tested without a page.
import type { Message } from '@gatepost/contract/message.ts'
import type { Words } from '#i18n/i18n.ts'

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

export function entriesOf(message: Message, words: Words): readonly Entry[] {
  const attempts = message.attempts.map((attempt) => attemptEntry(attempt, words))
  return [...connection(message, words), ...stages(message, words), ...attempts]
}

function connection({ client, at, origin }: Message, words: Words): readonly Entry[] {
  if (client === null) {
    const title = words(origin === 'dsn' ? 'line.wroteReport' : 'line.sentThis')
    return [{ kind: 'connection', at, title, state: 'accepted', words: words('line.notSmtp') }]
  }
  const name = client.name ? `${client.name} [${client.ip}]` : client.ip
  const tls = client.tls ? `${client.tls.version}, ${client.tls.cipher}` : words('line.noTls')
  return [
    {
      kind: 'connection',
      at,
      title: words('line.connection', { name }),
      state: 'accepted',
      words: words('line.helo', { helo: client.helo, tls }),
    },
  ]
}

function stages(message: Message, words: Words): readonly Entry[] {
  const steps = stepsOf(message)
  const rcpt = steps.filter(({ stage }) => stage === 'rcpt')
  const content = steps.filter(({ stage }) => stage === 'message')
  const reply = message.reply && replyText(message.reply)
  const refusedAt = content.length > 0 ? 'message' : 'rcpt'
  const entries: Entry[] = []
  if (rcpt.length > 0)
    entries.push(
      stageEntry({ message, steps: rcpt, stage: 'rcpt', final: refusedAt === 'rcpt', reply, words }),
    )
  if (content.length > 0)
    entries.push(stageEntry({ message, steps: content, stage: 'message', final: true, reply, words }))
  if (entries.length === 0 && reply) {
    entries.push(stageEntry({ message, steps: [], stage: 'message', final: true, reply, words }))
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
  readonly words: Words
}

function stageEntry({ message, steps, stage, final, reply, words }: StageInput): Entry {
  const state = final ? stateAtDoor(message) : 'accepted'
  const how = state === 'refused' || state === 'deferred' || state === 'held' ? state : 'accepted'
  return {
    kind: 'stage',
    at: message.at,
    title: words(`line.${stage === 'rcpt' ? 'rcpt' : 'message'}.${how}`),
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

const states: ReadonlyMap<string, Status> = new Map<string, Status>([
  ['delivered', 'delivered'],
  ['deferred', 'deferred'],
  ['bounced', 'bounced'],
  ['ambiguous', 'deferred'],
  ['held', 'held'],
])

function attemptEntry(attempt: Attempt, words: Words): Entry {
  const state = states.get(attempt.outcome) ?? 'queued'
  const title = words(`line.attempt.${attempt.outcome}`, { number: attempt.attempt })
  const { nextHop } = attempt
  return {
    kind: 'attempt',
    at: attempt.at,
    title: nextHop && state !== 'held' ? words('line.by', { title, host: nextHop.host }) : title,
    state,
    words: hopWords(attempt, words),
    reply: replyText(attempt.reply),
    durationMs: attempt.durationMs,
    report: attempt.dsnId ? words('line.report') : null,
    tls: tlsLines(attempt, words),
    signed: signedWords(attempt, words),
    banner: attempt.banner === undefined ? null : words(`banner.${attempt.banner}`),
  }
}

function hopWords({ nextHop, tls, recipients }: Attempt, words: Words): string {
  const ip = nextHop?.ip ? ` [${nextHop.ip}]` : ''
  const hop = nextHop ? `${nextHop.host}${ip}:${nextHop.port}` : words('line.noHost')
  const secured = tls ? `${tls.version}${vouched(tls, words)}` : words('line.noTls')
  return words('line.hop', { hop, secured, recipients: recipients.join(', ') })
}

/** `Signed as acme.example (DKIM: gp1 RSA, gp2 Ed25519)`. */
function signedWords({ signatures = [], unsigned }: Attempt, words: Words): string | null {
  if (unsigned) return words('line.unsigned', { why: unsigned })
  const [first] = signatures
  if (first === undefined) return null
  const keys = signatures.map(({ selector, algorithm }) => {
    return `${selector} ${algorithm.startsWith('rsa') ? 'RSA' : 'Ed25519'}`
  })
  return words(first.kind === 'arc' ? 'line.sealed' : 'line.signed', {
    domain: first.domain,
    keys: keys.join(', '),
  })
}

/** Who vouched for the host. */
function vouched({ verified, by }: NonNullable<Attempt['tls']>, words: Words): string {
  if (by === 'dane') return words('line.vouched.dane')
  if (by === 'mta-sts') return words('line.vouched.mtaSts')
  if (by === 'policy') return words(verified ? 'line.vouched.policyChecked' : 'line.vouched.policy')
  return verified ? words('line.vouched.checked') : ''
}

/** Cipher and certificate of a delivery, each a line; empty without TLS. */
function tlsLines({ tls }: Attempt, words: Words): readonly string[] {
  if (tls === null) return []
  const { cipher, certificate, fault, stsTestFailed } = tls
  const lines: string[] = [words('line.cipher', { name: cipher })]
  if (certificate) {
    const day = new Date(certificate.notAfter).toISOString().slice(0, 10)
    lines.push(words('line.certificate', { name: certificate.subject }))
    lines.push(words('line.issuer', { name: certificate.issuer }), words('line.valid', { day }))
    lines.push(`SHA-256 ${certificate.fingerprint}`)
  }
  if (fault) lines.push(words('line.fault', { fault }))
  if (stsTestFailed) lines.push(words('line.stsTest'))
  return lines
}

/** `250 2.6.0 Queued mail for delivery`. */
export function replyText({ code, status, text }: NonNullable<Message['reply']>): string {
  const already = status !== null && text.startsWith(status)
  return [code > 0 ? String(code) : '', already ? '' : (status ?? ''), text].filter(Boolean).join(' ')
}
