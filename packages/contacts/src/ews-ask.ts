// Questions to Exchange's web service and what its errors mean for the run: busy servers are waited for as
// they ask, single mailboxes are left out, the rest ends it with a remedy.
import type { EwsHttp } from './ews-http.ts'
import { type Effects, type Part, SourceFault } from './source.ts'
import { attributeOf, childOf, childrenOf, nodeOf, parseXml, textAt, type Xml } from './xml.ts'

/** A mailbox that is read, or with an empty id the server as a whole. */
export type Reading = {
  readonly http: EwsHttp
  readonly effects: Pick<Effects, 'now' | 'pause'>
  readonly part: Part
  readonly signal: AbortSignal
}

const TRIES_MAX = 4
const REST_IN_PLACE_MS_MAX = 60_000

/** The response message of a question with one answer. */
export async function answerTo(reading: Reading, question: string, name: string): Promise<Xml | null> {
  for (let attempt = 1; ; attempt += 1) {
    const body = await soap(reading, question)
    const message = childOf(body, `${name}Response`, 'ResponseMessages', `${name}ResponseMessage`)
    if (message === null) throw strange('An answer of Exchange holds no response.')
    if (attributeOf(message, 'ResponseClass') !== 'Error') return message
    const fault = faultOf(textAt(message, 'ResponseCode') ?? '', message)
    if (fault.reach !== 'passing' || attempt === TRIES_MAX) throw fault
    await rest(reading, fault, attempt)
  }
}

/** Asks, and again while the server is busy. */
export async function soap(reading: Reading, question: string): Promise<Xml | null> {
  const { http, part, signal } = reading
  // Exchange finds the mailbox's own server by this.
  const agent = { 'user-agent': 'gatepost-contacts' }
  const headers: Readonly<Record<string, string>> =
    part.id === '' ? agent : { ...agent, 'x-anchormailbox': part.id }
  for (let attempt = 1; ; attempt += 1) {
    const answer = await http.post(question, headers, signal)
    const body = childOf(parseXml(answer.text), 'Envelope', 'Body')
    const soapFault = childOf(body, 'Fault')
    if (answer.status === 200 && body !== null && soapFault === null) return body
    const code = codeOf(soapFault)
    const fault = code === null ? statusFault(answer.status, answer.restMs) : faultOf(code, soapFault)
    if (fault.reach !== 'passing' || attempt === TRIES_MAX) throw fault
    await rest(reading, { restMs: answer.restMs ?? fault.restMs, ...pick(fault) }, attempt)
  }
}

const pick = ({ saw, remedy }: SourceFault) => ({ saw, remedy })

async function rest(
  { effects, signal }: Reading,
  of: { readonly restMs: number | null; readonly saw: string; readonly remedy: string },
  attempt: number,
): Promise<void> {
  const restMs = of.restMs ?? 1_000 * 2 ** attempt
  if (restMs > REST_IN_PLACE_MS_MAX) throw new SourceFault({ reach: 'passing', ...of, restMs })
  await effects.pause(restMs, signal)
  signal.throwIfAborted()
}

/** The code of a SOAP fault, wherever its server writes it. */
function codeOf(fault: Xml | null): string | null {
  if (fault === null) return null
  const detail = childOf(fault, 'detail')
  const code = textAt(detail, 'ResponseCode') ?? textAt(fault, 'faultcode')
  return code === null ? 'unknown' : code.replace(/^.*:/, '')
}

function statusFault(status: number, restMs: number | null): SourceFault {
  const isPassing = status === 429 || status >= 500
  return new SourceFault({
    reach: isPassing ? 'passing' : 'fatal',
    saw: `Exchange answers ${status}.`,
    remedy: isPassing
      ? 'The server is busy. The run goes on from where it is.'
      : 'Check the address: it ends in /EWS/Exchange.asmx.',
    restMs,
  })
}

const codes = (...names: readonly string[]): ReadonlySet<string> =>
  new Set(names.flatMap((line) => line.split(' ')).map((name) => `Error${name}`))

const BUSY = codes(
  'ServerBusy TimeoutExpired MailboxStoreUnavailable InternalServerTransientError ConnectionFailed',
  'TooManyObjectsOpened ExceededConnectionCount MailboxMoveInProgress InternalServerError',
)
const NO_MAILBOX = codes(
  'NonExistentMailbox MissingEmailAddress NoMailbox FolderNotFound InvalidSmtpAddress AccountDisabled',
  'MailboxFailover NonPrimarySmtpAddress CannotFindUser',
)

/** What an error of Exchange means for the run. */
export function faultOf(code: string, node: Xml | null): SourceFault {
  const said = (textAt(node, 'MessageText') ?? textAt(childOf(node, 'detail'), 'Message') ?? '').slice(0, 300)
  const saw = `Exchange says ${code}. ${said}`.trim()
  if (BUSY.has(code))
    return new SourceFault({
      reach: 'passing',
      saw,
      remedy: 'The server is busy. The run goes on from where it is.',
      restMs: backOffOf(node),
    })
  if (NO_MAILBOX.has(code))
    return new SourceFault({
      reach: 'part',
      saw,
      remedy: 'There is no such mailbox here; the others are read.',
    })
  if (/Impersonat/i.test(code))
    return new SourceFault({
      reach: 'fatal',
      saw,
      remedy:
        'Give the account the role: New-ManagementRoleAssignment -Name Gatepost ' +
        '-Role ApplicationImpersonation -User <account>. It counts after some minutes.',
    })
  if (code === 'ErrorAccessDenied')
    return new SourceFault({ reach: 'part', saw, remedy: 'The account may not read this mailbox.' })
  return new SourceFault({
    reach: 'fatal',
    saw,
    remedy: 'Search for the code at Microsoft; the run can be resumed.',
  })
}

/** How long the server asks to be left alone: BackOffMilliseconds, beside the code in either form. */
function backOffOf(node: Xml | null): number | null {
  for (const at of [childOf(node, 'MessageXml'), childOf(node, 'detail', 'MessageXml')])
    for (const value of childrenOf(at, 'Value')) {
      const text = nodeOf(value)
      if (attributeOf(text, 'Name') !== 'BackOffMilliseconds') continue
      const ms = Number(text?.['#text'])
      if (Number.isFinite(ms)) return Math.max(0, ms)
    }
  return null
}

/** Errors of single items are passed over; all others end the page. */
export function throwIfSerious(code: string, node: Xml | null): void {
  if (/^Error(ItemNotFound|ItemCorrupt|MimeContentInvalid|MessageSizeExceeded|CorruptData)$/.test(code))
    return
  throw faultOf(code, node)
}

const strange = (saw: string) =>
  new SourceFault({ reach: 'passing', saw, remedy: 'The page is asked for again.' })
