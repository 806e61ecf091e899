// Features of the program that wrote a message: which it says it is, and whether it writes like that one.
// Programs have habits in Message-IDs, boundaries and fields of their own that a forger seldom copies whole.
import type { Note } from './note.ts'
import { fieldValue, type MessageView } from './view.ts'

const PERSONAL_CLIENT = new RegExp(
  'thunderbird|apple mail|iphone mail|ipad mail|evolution|mutt|kmail|claws|' +
    String.raw`sylpheed|alpine|\bpine\b|gnus|roundcube|git-send-email|emacs|eudora|entourage|` +
    String.raw`lotus notes|pegasus|k-9|the bat|microsoft outlook [1-9]\d|outlook for`,
  'i',
)
const BULK_PROGRAM = new RegExp(
  String.raw`phpmailer|swiftmailer|bulk|mass|sendblaster|php\/|leaf php|mailer \d|turbo|` +
    'anti-?spam|stamp|blat|foxmail|dm mailer',
  'i',
)
const OUTLOOK_ID = /^<([0-9a-f]{4})[0-9a-f]{4,8}\$[0-9a-f]{8}\$[0-9a-f]{8}@([^>\s]+)>?$/i
const OUTLOOK_BOUNDARY = /^----=_NextPart_\d{3}_[0-9A-F]{4}_[0-9A-F]{8}\.[0-9A-F]{8}$/
/** A counter of messages since the program began: no person reaches this. */
const OUTLOOK_COUNTER_MAX = 0x1fff
const MOZILLA_ID = /^<?([0-9a-f]{8}\.[0-9a-f]{3,8}@|[0-9a-f-]{36}@)/i

/** What a large receiver writes into a Message-ID that it made for mail without one. */
const ADDED_ON_THE_WAY = 'SMTPIN_ADDED'

/** Notes which program speaks, and what gives it away. */
export function programFeatures(view: MessageView, note: Note): void {
  const { fields } = view
  const mailer = fieldValue(fields, 'user-agent') || fieldValue(fields, 'x-mailer')
  const forged = forgedProgram(view, mailer)
  if (forged !== null) note('program-forged', forged)
  else if (PERSONAL_CLIENT.test(mailer)) note('personal-program', mailer)
  if (BULK_PROGRAM.test(mailer)) note('bulk-program', mailer)
  if (mailer === '') note('no-program')
  const names = new Set(fields.map(({ nameLower }) => nameLower))
  if (names.has('x-php-originating-script') || names.has('x-php-script')) note('sent-by-web-script')
  idFeatures(view, note)
}

function forgedProgram(
  { fields, mime, author, leaves, recipients }: MessageView,
  mailer: string,
): string | null {
  const id = fieldValue(fields, 'message-id').trim()
  if (/outlook express/i.test(mailer)) {
    if (fieldValue(fields, 'x-mimeole') === '') return `${mailer}, without its other fields`
    const boundary = mime.root.parameters.get('boundary')
    if (boundary !== undefined && !OUTLOOK_BOUNDARY.test(boundary)) return `${mailer}, boundary ${boundary}`
    const [, counter, host] = OUTLOOK_ID.exec(id) ?? []
    if (counter === undefined) return null
    if (Number.parseInt(counter, 16) > OUTLOOK_COUNTER_MAX) return `${mailer}, Message-ID ${id}`
    if (author !== null && host?.toLowerCase() === author.domain) return `${mailer}, Message-ID ${id}`
    return null
  }
  const own = recipients[0]?.organisation ?? ''
  const isOfReceiver = id === '' || (own !== '' && id.includes(own)) || id.includes(ADDED_ON_THE_WAY)
  if (/thunderbird|^mozilla\/?[ \d]/i.test(mailer) && !isOfReceiver && !MOZILLA_ID.test(id)) {
    return `${mailer}, Message-ID ${id}`
  }
  const first = leaves[0]
  if (/^the bat/i.test(mailer) && first?.type === 'text/html') return `${mailer}, HTML alone`
  return null
}

function idFeatures({ fields, author, recipients }: MessageView, note: Note): void {
  const id = fieldValue(fields, 'message-id')
  if (id === '') {
    note('no-message-id')
    return
  }
  const domain = id
    .slice(id.lastIndexOf('@') + 1)
    .replace(/[>\s]/g, '')
    .toLowerCase()
  if (!domain.includes('.')) note('message-id-odd', id)
  else if (author !== null && author.organisation !== '' && !domain.endsWith(author.organisation)) {
    note('message-id-elsewhere', domain)
    const own = recipients[0]?.organisation ?? ''
    if (own !== '' && own !== author.organisation && (domain.endsWith(own) || id.includes(ADDED_ON_THE_WAY)))
      note('message-id-of-receiver', id)
  }
}
