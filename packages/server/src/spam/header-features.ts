// Features of the header and of who writes: names, addresses, the subject, and what programs leave out.
import { isAscii } from '@gatepost/mail/bytes.ts'
import { FREE_MAIL_DOMAINS } from '#policy/rules/free-mail.ts'
import { borrowedBrand, brandInHost } from './brands.ts'
import { CHEAP_ENDINGS, FREE_HOSTING, isRandomLabel, isUnder } from './hosts.ts'
import { luresIn } from './lures.ts'
import type { Note } from './note.ts'
import { programFeatures } from './program-features.ts'
import { BIG_DISCOUNT, fieldValue, fold, type MessageView, organisationOf, type Person } from './view.ts'

const INVISIBLE = /\p{Cf}|\u034f/u
const PICTURES = /\p{Extended_Pictographic}/u
/** Letters of another alphabet, styled letters and full-width forms inside Latin words. */
const DISGUISED =
  /[a-z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][a-z]|[\u{1d400}-\u{1d7ff}\uff21-\uff5a]/iu
const DESK = new RegExp(
  String.raw`\b(support|service|security|alert|notification|billing|admin|team|info|` +
    'no-?reply|central|atendimento|suporte|seguranca|aviso|kundenservice|servicio|' +
    String.raw`customer|verif\w+|account)\b`,
)
const END_USER_LINE = new RegExp(
  String.raw`\d{1,3}[-.]\d{1,3}[-.]\d{1,3}|(^|[.-])(dsl|adsl|dyn|dynamic|dhcp|pool|ppp|` +
    String.raw`dial\w*|cable|broadband|static|client|vps|localhost)\d*([.-]|$)`,
)

/** Lures that are no name of anybody: `BestViagra Shop`, `Casino Club`. */
const OFFERS: ReadonlySet<string> = new Set(
  'medicine casino dating loan replica prize weight-loss investment cheap-software stock-tip'.split(' '),
)

/** Notes what the header shows. */
export function headerFeatures(view: MessageView, note: Note): void {
  threadFeatures(view, note)
  if (view.author === null) note('no-author')
  else authorFeatures(view, view.author, note)
  replyFeatures(view, note)
  recipientFeatures(view, note)
  subjectFeatures(view, note)
  programFeatures(view, note)
  fieldFeatures(view, note)
  sessionFeatures(view, note)
}

function threadFeatures({ fields, subject, quotedLines }: MessageView, note: Note): void {
  const refers = fieldValue(fields, 'in-reply-to') !== '' || fieldValue(fields, 'references') !== ''
  const says = /^\s*(re|aw|sv|fw|fwd|wg|enc|rv|tr|res|rif|antw|ynt|odp)\s*(\[\d+\])?:/i.test(subject)
  if (refers) note('thread', 'In-Reply-To or References')
  if (refers && quotedLines > 1) note('thread-quoted', `${quotedLines} quoted lines`)
  if (says && !refers && /^\s*(re|aw|sv|res|antw)/i.test(subject)) note('fake-reply', subject)
  if (quotedLines > 2) note('quotes', `${quotedLines} quoted lines`)
}

function authorFeatures(view: MessageView, author: Person, note: Note): void {
  const { name, local, domain, organisation } = author
  const folded = fold(name)
  const labels = organisation.split('.')
  const free = FREE_MAIL_DOMAINS.has(domain)
  if (view.authorCount > 1) note('many-authors', String(view.authorCount))
  const brand = borrowedBrand(folded, organisation)
  if (brand !== null) note(free ? 'brand-from-free-mail' : 'brand-name', `${name} from ${domain}`)
  const inHost = brandInHost(domain, organisation)
  if (inHost !== null) note('brand-in-author-domain', `${inHost} in ${domain}`)
  if (free) note('free-mail', domain)
  if (isUnder(CHEAP_ENDINGS, labels.at(-1) ?? '')) note('author-cheap-ending', domain)
  if (isUnder(FREE_HOSTING, domain)) note('author-free-hosting', domain)
  if (domain.split('.').some(isRandomLabel)) note('author-random-domain', domain)
  if (isRandomLabel(local) || /\d{5,}/.test(local)) note('author-random-local', local)
  if (domain.split('.').length > 3) note('author-deep-domain', domain)
  if (/xn--/.test(domain) || /[^\u0000-\u007f]/.test(domain)) note('author-foreign-letters', domain)
  const shown = /(?<![\w.+-])[\w.+-]+@([\w-]+(\.[\w-]+)+)/.exec(folded)
  if (shown !== null && shown[1] !== domain) note('name-is-other-address', `${name} <${local}@${domain}>`)
  if (PICTURES.test(name) || INVISIBLE.test(name) || DISGUISED.test(name)) note('name-dressed', name)
  if (name !== '' && /^[^a-z]{6,}$/.test(name) && /[A-Z]{4}/.test(name)) note('name-shouts', name)
  if (DESK.test(`${folded} ${local}`)) {
    note('author-is-a-desk', `${name} <${local}@${domain}>`)
  }
  if (/^(re|fwd|urgent|final|winner|congratulations|claim|gift|free|you)\b|\d{3,}|!|\$|:/.test(folded))
    note('name-is-a-message', name)
  if (name === '') note('author-without-name')
  const offers = luresIn(fold(name.replace(/([a-z])([A-Z])/g, '$1 $2'))).find(({ kind }) => OFFERS.has(kind))
  if (offers !== undefined) note('name-offers', name)
  if (/^[a-z]{5,}\d{4}$/.test(local)) note('author-serial-local', local)
}

function replyFeatures(view: MessageView, note: Note): void {
  const { author, replyTo, reverseDomain, input, fields } = view
  if (author === null) return
  if (isListPost(view)) {
    note('posted-by-a-list', replyTo?.domain)
    return
  }
  if (replyTo !== null && replyTo.organisation !== '' && replyTo.organisation !== author.organisation) {
    const saw = `answers to ${replyTo.domain}, from ${author.domain}`
    note(FREE_MAIL_DOMAINS.has(replyTo.domain) ? 'reply-to-free-mail' : 'reply-to-elsewhere', saw)
  }
  const ofList = fields.some(({ nameLower }) => nameLower === 'list-id' || nameLower === 'sender')
  if (reverseDomain !== '' && author.organisation !== '' && !ofList) {
    if (!reverseDomain.endsWith(author.organisation))
      note('reverse-path-elsewhere', `${reverseDomain}, from ${author.domain}`)
  }
  if (reverseDomain.split('.').some(isRandomLabel)) note('reverse-path-random', reverseDomain)
  if (input.reversePath === '' || input.reversePath === null) note('reverse-path-null')
}

/**
 * Lists that rewrite authors for the sake of DMARC put themselves there, and the author where answers go.
 * Copied easily, so it says nothing; it only must not count against a list.
 */
function isListPost({ author, replyTo, recipients, reverseDomain }: MessageView): boolean {
  if (author === null || replyTo === null || replyTo.organisation === author.organisation) return false
  const isToItself = recipients.some(
    ({ local, domain }) => local === author.local && domain === author.domain,
  )
  return isToItself || (/ via .{3,}/i.test(author.name) && reverseDomain.endsWith(author.organisation))
}

function recipientFeatures(view: MessageView, note: Note): void {
  const { recipients, author, fields } = view
  if (recipients.length === 0 || !fields.some(({ nameLower }) => nameLower === 'to'))
    note('no-recipient-shown')
  else if (/undisclosed|recipients?:/i.test(fieldValue(fields, 'to')))
    note('no-recipient-shown', fieldValue(fields, 'to'))
  if (
    author !== null &&
    !isListPost(view) &&
    recipients.some(({ local, domain }) => local === author.local && domain === author.domain)
  ) {
    note('to-its-author', `${author.local}@${author.domain}`)
  }
  if (recipients.length > 8) note('many-recipients', String(recipients.length))
}

function subjectFeatures({ subject, subjectRaw, recipients }: MessageView, note: Note): void {
  if (subject.trim() === '') note('subject-empty')
  const letters = subject.replace(/[^\p{L}]/gu, '')
  if (letters.length > 8 && letters === letters.toUpperCase() && letters !== letters.toLowerCase())
    note('subject-shouts', subject)
  if (PICTURES.test(subject)) note('subject-pictures', subject)
  if (INVISIBLE.test(subject) || DISGUISED.test(subject)) note('subject-disguised', subject)
  if ((subject.match(/!/g)?.length ?? 0) > 0) note('subject-exclaims', subject)
  if (/[$€£]|\bR\$|\busd\b/i.test(subject)) note('subject-money', subject)
  if (/[#№-]\s?[A-Z0-9-]{6,80}\b|\b\d{6,}\b|\(\w{6,}\)|\s{4,}\S+$/.test(subject))
    note('subject-reference', subject)
  const local = recipients[0]?.local ?? ''
  if (local.length > 2 && fold(subject).includes(local)) note('subject-names-reader', subject)
  if (/=\?utf-8\?b\?/i.test(subjectRaw) && /^[\u0020-\u007e]*$/.test(subject))
    note('subject-needless-encoding', subject)
  if (/\w[._*|]\w[._*|]\w/.test(subject) || /\b\w\s\w\s\w\s\w\b/.test(subject))
    note('subject-spaced-out', subject)
  if (/^\s*(\[[^\]]{2,30}\]|\{[^}]+\})/.test(subject)) note('subject-list-tag', subject)
  if (BIG_DISCOUNT.test(fold(subject))) note('subject-big-discount', subject)
}

function fieldFeatures({ fields, input }: MessageView, note: Note): void {
  if (!fields.some(({ nameLower }) => nameLower === 'date')) note('no-date')
  if (fields.some(({ nameLower }) => nameLower === 'dkim-signature')) note('signed')
  const priority = fieldValue(fields, 'x-priority')
  if (/^[12]\b/.test(priority) || /^(high|urgent)/i.test(fieldValue(fields, 'importance')))
    note('says-urgent', priority)
  const names = fields.map(({ nameLower }) => nameLower)
  if (['mime-version', 'from', 'subject'].some((name) => names.filter((one) => one === name).length > 1))
    note('doubled-fields')
  if (fields.some(({ raw }) => !isAscii(raw))) note('raw-octets-in-header')
  if (names.filter((name) => name === 'received').length > 3) note('long-way')
  if (input.content.length < 400) note('tiny')
}

function sessionFeatures({ input, author }: MessageView, note: Note): void {
  const helo = input.helo.toLowerCase()
  if (helo === '') return
  if (/^\[?[\d.:a-f]+\]?$/.test(helo) || !helo.includes('.')) note('helo-no-name', helo)
  else if (END_USER_LINE.test(helo)) {
    note('helo-end-user', helo)
  } else if (isRandomLabel(organisationOf(helo).split('.')[0] ?? '')) note('helo-random', helo)
  if (author === null || author.organisation === '' || !helo.endsWith(author.organisation)) return
  // A host has a name of its own; a program that sends for anybody greets with the bare domain it borrows.
  if (helo === author.domain) note('helo-is-author-domain', helo)
  else note('helo-of-author', helo)
}
