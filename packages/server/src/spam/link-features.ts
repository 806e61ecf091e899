// Features of links: where they lead, what they claim to be, and what is hidden in them.
import { brandInHost } from './brands.ts'
import { CHEAP_ENDINGS, FREE_HOSTING, isRandomLabel, isUnder, REDIRECTORS, SHORTENERS } from './hosts.ts'
import type { LinkView } from './links.ts'
import type { Note } from './note.ts'
import { fold, type MessageView } from './view.ts'

const IP_HOST = /^(\d{1,3}\.){3}\d{1,3}$|^\[|^0x[0-9a-f]+$|^\d{8,10}$/
const SHOWN_HOST = /^\s*(?:https?:\/\/)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/:?\s]|$)/i
const CALL = new RegExp(
  String.raw`\b(log-?in|sign-?in|verify|verif\w+|secure|security|account|update|confirm|` +
    'webmail|owa|password|auth|billing|unlock|validate|acesso|conta|cliente|boleto|' +
    String.raw`fatura|segunda-?via|resgate|cadastro|portal)\b`,
)
const PROGRAM = /\.(exe|scr|js|vbs|iso|img|msi|bat|cmd|hta|jar|lnk|apk|zip|rar|7z|html?|svg|php\d?)(\?|#|$)/i

/** Notes what the links show. */
export function linkFeatures(view: MessageView, note: Note): void {
  const { links, author, text, html } = view
  if (links.length === 0) {
    note('no-links')
    return
  }
  const own = author?.organisation ?? ''
  const foreign = links.filter(({ organisation }) => organisation !== own)
  const targets = new Set(links.map(({ organisation }) => organisation))
  if (own !== '' && foreign.length === links.length)
    note('links-all-elsewhere', [...targets].slice(0, 3).join(', '))
  if (links.some(({ organisation }) => organisation === own)) note('links-to-author', own)
  const words = text.split(/\s+/).length
  if (html !== null && targets.size === 1 && words < 150) note('one-target-short-text', [...targets][0])
  if (
    html !== null &&
    links.length >= 2 &&
    new Set(links.map(({ href }) => href.replace(/[?#].*$/, ''))).size === 1
  ) {
    note('one-address-everywhere', links[0]!.host)
  }
  if (targets.size > 6) note('many-targets', String(targets.size))
  const names = new Map<string, Set<string>>()
  for (const { host, organisation } of foreign) {
    const label = host.split('.')[0] ?? ''
    if (host === organisation || !/^[0-9a-f]{1,6}$|\d/.test(label)) continue
    names.set(organisation, (names.get(organisation) ?? new Set()).add(label))
  }
  for (const [organisation, labels] of names) if (labels.size >= 2) note('link-names-by-number', organisation)
  const country = countryOf(foreign[0]?.host ?? '')
  if (foreign.length === links.length && country !== '' && country !== countryOf(author?.domain ?? ''))
    note('links-to-other-country', foreign[0]!.host)
  for (const link of links) oneLink(view, link, note)
}

/** The ending of a country; '' for others and for those that everybody uses as if they were none. */
function countryOf(host: string): string {
  const ending = host.slice(host.lastIndexOf('.') + 1)
  return /^[a-z]{2}$/.test(ending) &&
    !/^(io|co|me|tv|ly|ai|to|fm|gl|be|eu|us|uk|de|im|cc|ms|am|st|it)$/.test(ending)
    ? ending
    : ''
}

function oneLink(view: MessageView, link: LinkView, note: Note): void {
  const { host, organisation, rest, scheme } = link
  if (scheme === 'data' || scheme === 'javascript') {
    note('link-is-a-script', link.href)
    return
  }
  if (IP_HOST.test(host)) note('link-ip', host)
  else hostFeatures(view, link, note)
  if (link.hasUser) note('link-user', link.href)
  if (link.port !== '' && !/^(80|443)$/.test(link.port)) note('link-port', `${host}:${link.port}`)
  const lower = rest.toLowerCase()
  if (REDIRECTORS.some((pattern) => pattern.test(host + lower))) note('link-redirector', host)
  if (PROGRAM.test(rest)) note('link-to-file', host + rest)
  if (rest.length > 120) note('link-long', host, Math.min(1, rest.length / 400))
  if (/[0-9a-f]{24,}|[A-Za-z0-9_-]{40,}/.test(rest)) note('link-token', host)
  if ((rest.match(/%[0-9a-f]{2}/gi)?.length ?? 0) > 8) note('link-percent', host)
  if (CALL.test(lower) && organisation !== view.author?.organisation) note('link-calls', host + rest)
  if (isShownElsewhere(link)) note('link-shows-other-host', `${link.text} leads to ${host}`)
  if (carriesReader(view, rest)) note('link-carries-reader', host)
  if (/^(cpanel|webdisk|webmail|mail|autodiscover|whm)\./.test(host)) note('link-service-host', host)
  if (/\/(wp-(content|includes|admin)|\.well-known|cgi-bin|~\w+)\//.test(lower))
    note('link-broken-in-site', host + rest)
}

function hostFeatures({ author }: MessageView, { host, organisation }: LinkView, note: Note): void {
  if (isUnder(SHORTENERS, host)) note('link-shortener', host)
  if (isUnder(FREE_HOSTING, host) && organisation !== author?.organisation) note('link-free-hosting', host)
  if (isUnder(CHEAP_ENDINGS, host.slice(host.lastIndexOf('.') + 1))) note('link-cheap-ending', host)
  const brand = brandInHost(host, organisation)
  if (brand !== null) note('link-brand-in-host', `${brand} in ${host}`)
  if (host.includes('xn--') || /[^\u0000-\u007f]/.test(host)) note('link-foreign-letters', host)
  if (host.split('.').some(isRandomLabel)) note('link-random-host', host)
  if (host.split('.').length > 4) note('link-deep-host', host)
  if ((organisation.match(/-/g)?.length ?? 0) >= 2) note('link-hyphens', host)
  if (/\d{3,}/.test(organisation.split('.')[0] ?? '')) note('link-digits-in-host', host)
}

function isShownElsewhere({ text, organisation, host }: LinkView): boolean {
  const shown = SHOWN_HOST.exec(text)?.[1]?.toLowerCase()
  if (shown === undefined) return false
  return shown !== host && !shown.endsWith(organisation) && !host.endsWith(shown.replace(/^www\./, ''))
}

/** The reader's own address in the link, plain or as base64: so that a false page can greet them. */
function carriesReader({ recipients }: MessageView, rest: string): boolean {
  const address = recipients[0]
  if (address === undefined || address.domain === '') return false
  const whole = `${address.local}@${address.domain}`
  const plain = fold(rest)
  if (plain.includes(whole) || plain.includes(whole.replace('@', '%40'))) return true
  const coded = Buffer.from(whole)
    .toString('base64')
    .replace(/={1,2}$/, '')
    .slice(0, -1)
  return coded.length > 8 && rest.includes(coded)
}
