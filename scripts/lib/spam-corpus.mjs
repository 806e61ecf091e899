// Makes teaching mail from the texts in scripts/spam-texts: choices, senders, links and shapes drawn by a
// seed, so that a model owes what it knows of present-day phish to texts of our own alone.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Numbers from 0 to 1 that repeat for a seed (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Every text with its kind, names and subjects. */
export function readTexts(folder) {
  const texts = []
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()) {
    const blocks = readFileSync(join(folder, file), 'utf8').split(/^%% /m).slice(1)
    for (const block of blocks) {
      const [head, ...body] = block.split('\n')
      const [kind, names, subjects] = splitOutside(head, '|')
      texts.push({
        kind,
        names: splitOutside(names, ';'),
        subjects: splitOutside(subjects, ';'),
        body: body.join('\n').trim(),
      })
    }
  }
  return texts
}

/** `count` messages of each text. */
export function messagesOf(texts, count, seed) {
  const random = randomOf(seed)
  const made = []
  for (const text of texts) for (let index = 0; index < count; index++) made.push(messageOf(text, random))
  return made
}

/** Splits at a sign that stands outside of braces. */
function splitOutside(text, sign) {
  const parts = ['']
  let depth = 0
  for (const letter of text) {
    if (letter === '{') depth++
    if (letter === '}') depth--
    if (letter === sign && depth === 0) parts.push('')
    else parts[parts.length - 1] += letter
  }
  return parts.map((part) => part.trim())
}

/** Chooses one of each `{a|b}`, from the inside out. */
function choose(text, random) {
  for (let chosen = text; ; ) {
    const next = chosen.replace(/\{([^{}]*)\}/g, (_, inner) => pick(inner.split('|'), random))
    if (next === chosen) return chosen.replace(/ {2,}/g, ' ')
    chosen = next
  }
}

const pick = (list, random) => list[Math.floor(random() * list.length)]
const letters = (count, random) =>
  Array.from({ length: count }, () => pick([...'abcdefghijklmnopqrstuvwxyz0123456789'], random)).join('')
const SYLLABLES =
  `ba be bo da de di fo ga go ha ka la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se si so ta te
ti to va vi wa`.split(/\s/)
const FORMS = ['', '-group', 'tech', '-online', '']
const ENDINGS = ['com', 'com', 'net', 'org', 'de', 'com.br', 'co.uk', 'fr', 'es', 'it']
const BAD_ENDINGS = ['com', 'net', 'online', 'site', 'info']
const HOSTING = [
  'web.app',
  'pages.dev',
  'weebly.com',
  'blob.core.windows.net',
  'herokuapp.com',
  'blogspot.com',
]
const word = (random) =>
  Array.from({ length: 2 + Math.floor(random() * 2) }, () => pick(SYLLABLES, random)).join('')
const company = (random) => `${word(random)}${pick(FORMS, random)}.${pick(ENDINGS, random)}`

function badHost(random) {
  return pick(
    [
      () => `${word(random)}-${word(random)}-${word(random)}.${pick(BAD_ENDINGS, random)}`,
      () => `${letters(10, random)}.${pick(['xyz', 'top', 'click', 'shop', 'live', 'com'], random)}`,
      () => `${word(random)}.${pick(HOSTING, random)}`,
      () => `www.${company(random)}`,
      () => `www.${company(random)}`,
      () => pick(['bit.ly', 'tinyurl.com', 'cutt.ly', 't.co'], random),
    ],
    random,
  )()
}

function messageOf(text, random) {
  const isHam = text.kind === 'ham'
  const subject = choose(pick(text.subjects, random), random)
  const name = choose(pick(text.names, random), random)
  const body = choose(text.body, random)
  const own = company(random)
  const domain = isHam
    ? own
    : random() < 0.25
      ? pick(['gmail.com', 'hotmail.com', 'outlook.com', 'yahoo.com'], random)
      : random() < 0.5
        ? own
        : badHost(random).replace(/^www\./, '')
  const local = isHam
    ? name
        .toLowerCase()
        .normalize('NFKD')
        .replace(/[^a-z]+/g, '.')
        .replace(/^\.|\.$/g, '')
    : pick([word(random), letters(8, random), 'info', 'noreply', 'support', 'contact', 'admin'], random)
  const link = isHam ? `https://www.${own}/${word(random)}` : badLink(random)
  const isThread = isHam && /^re: |^aw: |^res: |^\[/i.test(subject)
  const html = random() < (isHam ? 0.45 : 0.75)
  const lines = [
    `From: ${encoded(name)} <${local}@${domain}>`,
    'To: user@tenant.example',
    `Subject: ${encoded(subject)}`,
    `Message-ID: <${letters(16, random)}@${isHam || random() < 0.5 ? domain : company(random)}>`,
    ...(isThread ? [`In-Reply-To: <${letters(12, random)}@tenant.example>`] : []),
    'Date: Thu, 01 Jan 2026 00:00:00 +0000',
    'MIME-Version: 1.0',
  ]
  const withLink = random() < (isHam ? 0.4 : 0.85)
  const plain = `${body}${withLink ? `\n${link}\n` : '\n'}`
  const both = html && random() < (isHam ? 0.9 : 0.35)
  const page = pageOf(
    { body, link, withLink, shown: isHam ? link : body.split('. ')[0].slice(0, 40) },
    random,
  )
  const encode = (what) => Buffer.from(what).toString('base64').replace(/.{76}/g, '$&\r\n')
  const part = (type, what) => [
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    '',
    encode(what),
    '',
  ]
  if (both)
    lines.push(
      'Content-Type: multipart/alternative; boundary=b1',
      '',
      '--b1',
      ...part('text/plain', plain),
      '--b1',
      ...part('text/html', page),
      '--b1--',
      '',
    )
  else lines.push(...part(html ? 'text/html' : 'text/plain', html ? page : plain))
  return { kind: text.kind, content: Buffer.from(lines.join('\r\n')), reversePath: `${local}@${domain}` }
}

function encoded(text) {
  return /^[\u0020-\u007e]*$/.test(text)
    ? text.replace(/[<>@]/g, '')
    : `=?utf-8?q?${[...Buffer.from(text)].map(quoted).join('')}?=`
}

function quoted(octet) {
  if (octet === 32) return '_'
  if (octet > 32 && octet < 127 && ![61, 63, 95].includes(octet)) return String.fromCharCode(octet)
  return `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
}

function badLink(random) {
  const scheme = random() < 0.7 ? 'https' : 'http'
  const start = `${scheme}://${badHost(random)}/${letters(6, random)}`
  return random() < 0.3 ? `${start}/${letters(30, random)}` : start
}

function pageOf({ body, link, withLink, shown }, random) {
  const picture = random() < 0.4 ? `<img src="${link}/logo.png" alt="">` : ''
  const button = withLink ? `<a href="${link}">${shown}</a>` : ''
  return `<html><body>${picture}<p>${body.replace(/\. /g, '.</p><p>')}</p>${button}</body></html>`
}
