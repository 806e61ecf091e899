// The messages of testdata/mime against what mail-parser read in them: parts, decoded sizes and file names.
import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { test } from 'node:test'
import { shownName } from '@gatepost/mail/file-name.ts'
import { withCrlf } from '@gatepost/mail/line-endings.ts'
import { decodedBody, leaves, type MimePart, parseMime, textOf } from '@gatepost/mail/mime.ts'
import { readTestdata, skipWithout, testdataFiles } from './testdata.ts'

type Leaf = { readonly size: number; readonly name: string | null }
type Json = { readonly [key: string]: unknown }

/** Where RFC 2046 or safety asks for another reading than mail-parser's. */
const OTHERWISE = new Map([
  ['000', 'a multipart of which nothing can be shown is a leaf, as in 002'],
  ['001', 'of boundaries that begin alike the exact one counts, then the longest'],
  ['007', 'a boundary ends a header that has no empty line, also that of a multipart'],
  ['016', 'the boundary of an outer multipart ends the inner one (RFC 2046 §5.1.2)'],
  ['009', 'the boundary of an outer multipart ends the inner one (RFC 2046 §5.1.2)'],
  ['011', 'the boundary of an outer multipart ends the inner one (RFC 2046 §5.1.2)'],
  ['012', 'the boundary of an outer multipart ends the inner one (RFC 2046 §5.1.2)'],
  ['019', 'lines of damaged headers count as text or header by guess'],
])

const skip = skipWithout('mime')

for (const [folder, share] of [
  ['mail-parser-rfc', 1],
  ['mail-parser-legacy', 0.95],
  ['mail-parser-malformed', 0.95],
] as const) {
  test(`${folder}: leaves, decoded sizes and names in ${share * 100} of 100`, { skip }, () => {
    const wrong: string[] = []
    let compared = 0
    for (const path of testdataFiles('mime', folder)) {
      if (!path.endsWith('.crlf.json')) continue
      const name = basename(path, '.crlf.json')
      if (folder === 'mail-parser-malformed' && OTHERWISE.has(name)) continue
      compared += 1
      const octets = withCrlf(readTestdata('mime', folder, `${name}.eml`))
      const wanted = wantedLeaves(
        JSON.parse(readTestdata('mime', folder, `${name}.crlf.json`).toString('utf8')),
      )
      const found = foundLeaves(octets, parseMime(octets).root)
      if (!isSame(wanted, found)) wrong.push(`${name}: ${JSON.stringify(wanted)} ${JSON.stringify(found)}`)
    }
    assert.ok(compared >= 10)
    assert.ok(wrong.length <= compared * (1 - share), wrong.join('\n'))
  })
}

test('every message of the mime sets is read without an exception, and its parts lie within it', {
  skip,
}, () => {
  for (const path of testdataFiles('mime')) {
    if (/\.(json|md|lst)$/.test(path)) continue
    const octets = readTestdata(path.slice(path.indexOf('mime')))
    const { root } = parseMime(octets)
    for (const leaf of leaves(root)) {
      assert.ok(leaf.start >= 0 && leaf.start <= leaf.end && leaf.end <= octets.length, path)
      assert.equal(typeof textOf(octets, leaf), 'string')
    }
  }
})

function isSame(wanted: readonly Leaf[], found: readonly Leaf[]): boolean {
  if (wanted.length !== found.length) return false
  return wanted.every(({ size, name }, i) => size === found[i]!.size && sameName(name, found[i]!.name))
}

/** mail-parser writes U+FFFD for octets of a header beyond ASCII; we read them as Windows-1252. */
function sameName(wanted: string | null, found: string | null): boolean {
  if (wanted === null || found === null || !wanted.includes('�')) return wanted === found
  return wanted.length === found.length && [...wanted].every((one, i) => one === '�' || one === found[i])
}

/** A message within that is encoded is read by itself, as screening does. */
function foundLeaves(octets: Uint8Array, part: MimePart): Leaf[] {
  const found: Leaf[] = []
  for (const leaf of leaves(part)) {
    const body = decodedBody(octets, leaf).octets
    if (leaf.type === 'message/rfc822' && leaf.encoding === 'base64') {
      found.push(...foundLeaves(body, parseMime(body).root))
    } else {
      const isText = /^(?:text|multipart|message)\//.test(leaf.type)
      found.push({ size: isText ? textOf(octets, leaf).length : body.length, name: leaf.fileName })
    }
  }
  return found
}

function wantedLeaves(message: Json): Leaf[] {
  const found: Leaf[] = []
  for (const part of message.parts as Json[]) {
    const [[kind, value] = ['', '']] = Object.entries(part.body as Json)
    if (kind === 'Message') found.push(...wantedLeaves(value as Json))
    else if (kind !== 'Multipart') found.push({ size: (value as string).length, name: nameOf(part) })
  }
  return found
}

/** From the fields as mail-parser read them; a path before the name is cut, as Outlook does. */
function nameOf(part: Json): string | null {
  const headers = part.headers as { name: string; value: { ContentType?: Json } }[]
  const attribute = (field: string, name: string): string | undefined => {
    const type = headers.filter((header) => header.name === field).at(-1)?.value.ContentType
    return ((type?.attributes ?? []) as { name: string; value: string }[]).find((one) => one.name === name)
      ?.value
  }
  const raw = attribute('content_disposition', 'filename') ?? attribute('content_type', 'name')
  const dispositionField = headers.some(
    ({ name, value }) => name === 'content_disposition' && !value.ContentType,
  )
  if (raw === undefined && dispositionField) return 'image001.png'
  return raw === undefined ? null : shownName(raw)
}
