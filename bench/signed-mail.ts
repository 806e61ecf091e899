// Signed mail for W3, made once a run, and the DNS records that it is judged by.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DnsServer } from '@gatepost/sandbox/dns.ts'
import { rsaKey, signed } from '@gatepost/server/authentication/signing.fixture.ts'
import { cacheFolder } from './load.ts'

const SENDER = 'sender.example'
const SELECTOR = 's1'
const KEY_BITS = 2_048
/** Different messages that take turns. */
const BODIES = 4
const FIELDS = ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type']
const SEED = 7
const TEXT_OCTETS_MAX = 6_000
const BASE64_LINE = 76

const key = rsaKey(KEY_BITS)
const written = new Map<number, Promise<string>>()

/** The start of the paths of messages of about this size, as the generator takes it. */
export function signedBodies(sizeBytes: number): Promise<string> {
  let bodies = written.get(sizeBytes)
  if (bodies === undefined) {
    bodies = writeBodies(sizeBytes)
    written.set(sizeBytes, bodies)
  }
  return bodies
}

/** SPF, key and DMARC of the sender; the load comes from loopback. */
export function publishSender({ zones }: Pick<DnsServer, 'zones'>): void {
  zones.set(SENDER, 'A', ['127.0.0.1'])
  zones.set(SENDER, 'TXT', ['v=spf1 ip4:127.0.0.0/8 -all'])
  zones.set(`${SELECTOR}._domainkey.${SENDER}`, 'TXT', [key.record])
  zones.set(`_dmarc.${SENDER}`, 'TXT', ['v=DMARC1; p=reject; adkim=s; aspf=s'])
}

async function writeBodies(sizeBytes: number): Promise<string> {
  const folder = join(cacheFolder, `signed-${process.pid}-${sizeBytes}`)
  await mkdir(folder, { recursive: true })
  const random = generator()
  for (let number = 0; number < BODIES; number++) {
    const content = signed(message(sizeBytes, number, random), { key, fields: FIELDS })
    const stuffed = content.replace(/\r\n\./g, '\r\n..')
    await writeFile(join(folder, String(number)), `${stuffed}.\r\n`, 'latin1')
  }
  return `${folder}/`
}

/** Text and HTML alike, and an attachment in the larger ones. */
function message(sizeBytes: number, number: number, random: (max: number) => number): string {
  const textOctets = Math.min(sizeBytes * 0.3, TEXT_OCTETS_MAX)
  const text = paragraph(textOctets, random)
  const link = `https://www.${SENDER}/invoice/${number}`
  const lines = [
    `From: Anna Sender <anna@${SENDER}>`,
    'To: User <u1@example.org>',
    `Subject: Quarterly figures ${number} and the delivery plan`,
    `Date: Sat, 21 Nov 2026 10:0${number}:00 +0000`,
    `Message-ID: <${sizeBytes}.${number}.abc@${SENDER}>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="b0"',
    '',
    '--b0',
    'Content-Type: multipart/alternative; boundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    link,
    '--b1',
    'Content-Type: text/html; charset=utf-8',
    '',
    `<html><body><p>${text}</p><a href="${link}">invoice</a></body></html>`,
    '--b1--',
    ...(sizeBytes > 10_000 ? attachment(sizeBytes - 2 * textOctets, random) : []),
    '--b0--',
    '',
  ]
  return lines.join('\r\n')
}

function attachment(octets: number, random: (max: number) => number): string[] {
  const bytes = Uint8Array.from({ length: Math.floor(octets * 0.73) }, () => random(256))
  const base64 = Buffer.from(bytes).toString('base64')
  return [
    '--b0',
    'Content-Type: application/pdf; name="f.pdf"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="f.pdf"',
    '',
    ...(base64.match(new RegExp(`.{1,${BASE64_LINE}}`, 'g')) ?? []),
  ]
}

const WORDS = [
  'the report for this quarter shows that our customers order more often when delivery is quick and the',
  'invoice is clear please find the details below and reply with any question you may have',
]
  .join(' ')
  .split(' ')
const LINE_LENGTH = 70

function paragraph(octets: number, random: (max: number) => number): string {
  const lines = ['']
  for (let length = 0; length < octets; ) {
    const word = WORDS[random(WORDS.length)]!
    if (lines.at(-1)!.length + word.length > LINE_LENGTH) lines.push('')
    lines.push(`${lines.pop()}${word} `)
    length += word.length + 1
  }
  return lines.join('\r\n')
}

/** The same mail every time: a linear congruential generator. */
function generator(): (max: number) => number {
  let state = SEED
  return (max) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state % max
  }
}
