// Takes records as people paste them from a page of instructions, and publishes them as a DNS provider's
// form would.
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'
import type { DnsZones } from './dns.ts'
import { isRecordType, parseName } from './record.ts'
import { GATEWAY_NAME } from './world-zones.ts'
import { parseZoneFile } from './zone-file.ts'
import type { RecordSet } from './zones.ts'

/** TXT records of which a name has one at most: a new one takes the place of the old. */
const SINGLE_TXT = ['v=spf1', 'v=DMARC1', 'v=DKIM1', 'v=TLSRPTv1', 'v=STSv1']

/**
 * Understands lines of a zone file, `TXT @ value` in the order of many providers' forms, and a bare value,
 * which becomes a TXT record at `domain`; the gateway's name alone is its MX record. TXT values are added,
 * other types replace what the name had.
 */
export function publishRecords(zones: DnsZones, text: string, domain: string): Parsed<RecordSet[]> {
  const sets = readPasted(text.trim(), domain)
  if (!sets.ok) return sets
  const published: RecordSet[] = []
  for (const set of sets.value) {
    const values = set.type === 'TXT' ? withText(zones.get(set.name, 'TXT'), set.values) : set.values
    zones.set(set.name, set.type, values, set.ttl)
    published.push({ ...set, values: zones.get(set.name, set.type) })
  }
  return ok(published)
}

function readPasted(text: string, domain: string): Parsed<RecordSet[]> {
  if (text === '') return fail('paste a record')
  if (text.toLowerCase().replace(/\.$/, '') === GATEWAY_NAME)
    return parseZoneFile(`${domain}. MX 10 ${GATEWAY_NAME}.`)
  const lines = text.split(/\r?\n/).map((line) => reorder(line, domain).replace(/^@(?=\s)/, `${domain}.`))
  const zone = parseZoneFile(lines.join('\n'))
  if (zone.ok && zone.value.length > 0) return zone
  const namesType = text
    .split(/\s+/)
    .slice(0, 4)
    .some((word) => isRecordType(word.toUpperCase()))
  if (lines.length > 1 || namesType) return zone.ok ? fail('no record found') : zone
  return parseZoneFile(`${domain}. TXT ${quoted(text)}`)
}

/** `TXT _dmarc v=DMARC1` becomes `_dmarc.acme.example. TXT v=DMARC1`. */
function reorder(line: string, domain: string): string {
  const match = /^\s*([A-Za-z]+)\s+(\S+)\s+(.+)$/.exec(line)
  if (match === null || !isRecordType(match[1]!.toUpperCase())) return line
  const name = match[2]!
  const inside =
    name === '@' ? domain : name.includes(domain) || name.endsWith('.') ? name : `${name}.${domain}`
  return parseName(inside).ok ? `${inside} ${match[1]} ${match[3]}` : line
}

function withText(before: readonly string[], added: readonly string[]): string[] {
  const tags = SINGLE_TXT.filter((tag) => added.some((value) => hasTag(value, tag)))
  return [...before.filter((value) => !tags.some((tag) => hasTag(value, tag))), ...added]
}

function hasTag(value: string, tag: string): boolean {
  return value.toLowerCase().startsWith(`"${tag.toLowerCase()}`)
}

function quoted(text: string): string {
  return text.startsWith('"') ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}
