// How a message is made, as words for hashing: which fields it has, the shape of what programs write by
// themselves, which tags its HTML uses, the parts of its links. Never what a receiver or a list adds.
import { fieldValue, type MessageView } from './view.ts'

/** Written by receivers, lists and filters on the way: they tell about the way, not about the message. */
const OF_THE_WAY = new RegExp(
  '^(x-spam|x-ms-exchange|x-microsoft|x-forefront|x-google|x-gm|x-apparently|' +
    'x-original|x-been|x-mailman|x-yahoo|x-loop|x-list|x-mailing|x-virus|x-amavis|' +
    'x-scanned|x-hook|x-topica|x-egroups|x-sender|x-envelope|x-uid|x-status|' +
    'x-keywords|x-pyzor|x-archive|x-no-archive|x-operating|x-url|x-accept|x-authent|' +
    'x-return|x-rcpt|x-delivered|x-face|x-newsgroups|x-trace|x-complaints|x-sid|' +
    'x-antiabuse|x-assp|x-barracuda|x-ironport|x-mimetrack|x-greylist|x-message-id|' +
    'x-report|x-smtp|x-eopattributed|x-incoming|x-tm|x-recipient|x-store|x-identity|' +
    'x-mozilla|x-habeas|x-cloudmark|x-proofpoint|x-dspam)',
)
const RECEIVED_KIND = new RegExp(
  '^(received|return-path|delivered|arc-|authentication|list-|precedence|errors-to|' +
    'sender|old-|resent-|status|lines|dkim|domainkey|date|envelope|mailing-list|' +
    'approved|newsgroups|xref|path|organization|face|archived|require|received-spf|' +
    'delivery-date|x-mailer|user-agent|thread-|feedback|cfbl)',
)
const WORDS_MAX = 60

/** Calls `add` with each word. */
export function shapeWords(view: MessageView, add: (word: string) => void): void {
  const { fields, leaves, mime, htmlSource, links } = view
  for (const { nameLower } of fields.slice(0, WORDS_MAX)) {
    if (!OF_THE_WAY.test(nameLower) && !RECEIVED_KIND.test(nameLower)) add(`field ${nameLower}`)
  }
  const mailer = (fieldValue(fields, 'x-mailer') || fieldValue(fields, 'user-agent')).toLowerCase()
  if (mailer !== '')
    add(
      `program ${mailer
        .replace(/[^a-z]+/g, ' ')
        .trim()
        .slice(0, 24)}`,
    )
  const id = fieldValue(fields, 'message-id')
  add(`id ${shapeOf(id.slice(0, id.lastIndexOf('@')))}`)
  const boundary = mime.root.parameters.get('boundary')
  if (boundary !== undefined) add(`boundary ${shapeOf(boundary)}`)
  add(`type ${mime.root.type}`)
  for (const part of leaves.slice(0, 8)) {
    add(`part ${part.type} ${part.encoding}`)
    if (part.type.startsWith('text/')) add(`charset ${part.charset ?? 'none'} ${part.encoding}`)
  }
  for (const tag of tagsOf(htmlSource)) add(`tag ${tag}`)
  for (const { host, rest, scheme } of links.slice(0, 20)) {
    add(`scheme ${scheme}`)
    add(`ending ${host.slice(host.lastIndexOf('.') + 1).replace(/\d+/g, '0')}`)
    add(`path ${shapeOf(rest.replace(/[?#].*$/, '')).slice(0, 16)}`)
    for (const word of rest
      .toLowerCase()
      .match(/[a-z]{3,12}/g)
      ?.slice(0, 6) ?? [])
      add(`path-word ${word}`)
  }
}

/** Runs of letters and digits as one sign each: `<4F2A.9@` becomes `<0A0A.0@`. */
function shapeOf(text: string): string {
  return text
    .slice(0, 80)
    .replace(/[a-z]+/g, 'a')
    .replace(/[A-Z]+/g, 'A')
    .replace(/[0-9]+/g, '0')
    .slice(0, 30)
}

function tagsOf(source: string): Set<string> {
  const found = new Set<string>()
  for (const [, tag, attribute] of source
    .slice(0, 60_000)
    .matchAll(/<([a-z][a-z0-9]{0,9})(?:\s+([a-z-]{2,12})=)?/gi)) {
    found.add(tag!.toLowerCase())
    if (attribute !== undefined) found.add(`${tag} ${attribute}`.toLowerCase())
    if (found.size > WORDS_MAX) break
  }
  return found
}
