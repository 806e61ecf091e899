// Forwarding held mail (H3): a copy goes as an attachment to people of the organisation; the message stays
// held.
import type { BodyOf, OutputOf } from '@gatepost/contract/endpoint.ts'
import type { forwardHeld, forwardHeldMany } from '@gatepost/contract/held.ts'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import { formatDate } from '@gatepost/mail/date.ts'
import { newId } from '#platform/random.ts'
import { appendAudit } from '../audit/audit.ts'
import { validatedNames } from '../domain/store.ts'
import { letterAuthor, toField } from '../letter.ts'
import { invalidInput, Problem, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { nameOfClass } from './classes.ts'
import { rowsOfMessage } from './held.ts'
import { fetchContent } from './preview.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'config'>

/** An order carries the copy in one piece. */
const FORWARD_OCTETS_MAX = 10 * 1024 * 1024

/**
 * Throws `not-found`, `invalid-input` for addresses outside and for what holds malware, `edge-unreachable`.
 */
export async function forwardHeldMail(
  scope: Scope,
  messageId: string,
  input: BodyOf<typeof forwardHeld>,
  deps: Deps,
): Promise<OutputOf<typeof forwardHeld>> {
  const { store, clock, link, config } = deps
  const rows = await rowsOfMessage(store.db, scope.tenantId, messageId)
  const [row] = rows
  if (rows.some((one) => one.class === 'virus')) {
    throw invalidInput([
      { path: '/to', message: 'What holds malware is not forwarded; it can be previewed.' },
    ])
  }
  const to = await readRecipients(scope, input.to, deps)
  const content = await fetchContent(scope, { messageId, octets: FORWARD_OCTETS_MAX + 1 }, deps)
  if (content.size > FORWARD_OCTETS_MAX) {
    throw invalidInput([
      { path: '/to', message: 'The message is too large to be forwarded (10 MB at most).' },
    ])
  }
  const now = clock.now()
  await store.transaction((trx) =>
    appendAudit(trx, scope, {
      action: 'held.forwarded',
      subject: `message ${messageId}`,
      before: null,
      after: { to, note: input.note ?? '' },
      at: now,
    }),
  )
  const letter = letterOf({
    original: content.octets,
    to,
    note: input.note ?? '',
    by: scope.actor.name,
    why: `${nameOfClass(row!.class)}${row!.subject === null ? '' : `: ${row!.subject}`}`,
    hostname: config.hostname,
    author: await letterAuthor(scope.tenantId, to[0] ?? null, { store, config }),
    now,
  })
  const result = await link.order({
    kind: 'submit',
    id: newId('ord', now),
    tenantId: scope.tenantId,
    reversePath: null,
    forwardPaths: to,
    content: letter.toString('base64'),
  })
  if (result.kind === 'failed') throw problem('edge-unreachable', `The edge could not: ${result.why}.`)
  return { recipients: to.length }
}

/** Forwards each as a letter of its own; what cannot be forwarded is told and the others go. */
export async function forwardManyHeld(
  scope: Scope,
  { messages, ...letter }: BodyOf<typeof forwardHeldMany>,
  deps: Deps,
): Promise<OutputOf<typeof forwardHeldMany>> {
  const to = await readRecipients(scope, letter.to, deps)
  const left: { id: string; why: string }[] = []
  const wanted = new Set(messages)
  for (const id of wanted) {
    try {
      await forwardHeldMail(scope, id, { ...letter, to }, deps)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      left.push({ id, why: error.message })
    }
  }
  return { messages: wanted.size - left.length, recipients: to.length, left }
}

async function readRecipients(
  { tenantId }: Scope,
  to: readonly string[],
  { store }: Pick<Deps, 'store'>,
): Promise<string[]> {
  const own = await validatedNames(store.db, tenantId)
  const errors = to.flatMap((address, at) => {
    const mailbox = mailboxOf(address)
    if (mailbox === null) return { path: `/to/${at}`, message: `“${address}” is not an address.` }
    if (own.has(mailbox.domain)) return []
    return { path: `/to/${at}`, message: `${address} is not in a validated domain of yours.` }
  })
  if (errors.length > 0) throw invalidInput(errors)
  return [...new Map(to.map((address) => [addressKey(address), address])).values()]
}

type Letter = {
  readonly original: Uint8Array
  readonly to: readonly string[]
  readonly note: string
  readonly by: string
  readonly why: string
  readonly hostname: string
  readonly author: string
  readonly now: number
}

/** A multipart/mixed message (RFC 2046 §5.1.3) with the original inside as it was received. */
function letterOf({ original, to, note, by, why, hostname, author, now }: Letter): Buffer {
  const id = newId('msg', now)
  const boundary = `=_${id}`
  const words = [
    `${by} forwards a message that is held for your organisation (${why}).`,
    'It is attached as it was received. Nobody has released it: open it with care.',
    ...(note === '' ? [] : ['', note]),
  ].join('\r\n')
  const text = Buffer.from(words, 'utf8').toString('base64').replace(/.{76}/g, '$&\r\n')
  const head = [
    `Date: ${formatDate(now)}`,
    `From: Gatepost <${author}>`,
    to.length === 1 ? toField(to) : 'To: undisclosed-recipients:;',
    `Message-ID: <${id}@${hostname}>`,
    'Subject: A held message was forwarded to you',
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    text,
    `--${boundary}`,
    'Content-Type: message/rfc822',
    'Content-Disposition: attachment; filename="held.eml"',
    'Content-Transfer-Encoding: 8bit',
    '',
    '',
  ].join('\r\n')
  return Buffer.concat([Buffer.from(head), original, Buffer.from(`\r\n--${boundary}--\r\n`)])
}
