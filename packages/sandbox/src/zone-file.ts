// Reads and writes zones as text in the form of RFC 1035 §5, forgiving what people leave out when they paste.
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'
import { isRecordType, parseName, parseRecordData, RECORD_TYPES, type RecordType } from './record.ts'
import { type RecordSet, TTL_DEFAULT_S, type Zones } from './zones.ts'

/** Text beyond this is no zone that a person edits. */
export const ZONE_TEXT_MAX = 1_000_000

type Line = { readonly text: string; readonly number: number }
type Context = { origin: string | null; ttl: number; owner: string | null }

/**
 * Reads a zone file: $ORIGIN, $TTL, comments, parentheses, `@`, blank owner, TTL and class in either order.
 * Without $ORIGIN every name is absolute, with or without its last dot. `at` of a fault is the line number.
 */
export function parseZoneFile(text: string, ttlDefault: number = TTL_DEFAULT_S): Parsed<RecordSet[]> {
  if (text.length > ZONE_TEXT_MAX) return fail(`a zone text has ${ZONE_TEXT_MAX} characters at most`)
  const context: Context = { origin: null, ttl: ttlDefault, owner: null }
  const sets = new Map<string, { name: string; type: RecordType; ttl: number; values: string[] }>()
  for (const line of logicalLines(text)) {
    const record = parseLine(line.text, context)
    if (!record.ok) return fail(`line ${line.number}: ${record.fault}`, line.number)
    if (record.value === null) continue
    const { name, type, ttl, values } = record.value
    const key = `${name} ${type}`
    const set = sets.get(key) ?? { name, type, ttl, values: [] }
    set.values.push(...values)
    sets.set(key, set)
  }
  return ok([...sets.values()])
}

/** Writes every record on its own line with absolute names. */
export function formatZoneFile(sets: readonly RecordSet[]): string {
  const lines = sets.flatMap((set) =>
    set.values.map((value) => `${`${set.name}.`.padEnd(40)} ${set.ttl}\tIN\t${set.type}\t${value}`),
  )
  return `${lines.join('\n')}\n`
}

/** Stores each set of the text over the one of the same name and type. Returns how many sets there were. */
export function importZone(zones: Zones, text: string): Parsed<number> {
  const sets = parseZoneFile(text)
  if (!sets.ok) return sets
  for (const set of sets.value) zones.set(set.name, set.type, set.values, set.ttl)
  return ok(sets.value.length)
}

function parseLine(text: string, context: Context): Parsed<RecordSet | null> {
  const directive = /^\s*\$(ORIGIN|TTL)\s+(\S+)/i.exec(text)
  if (directive !== null) return applyDirective(directive[1]!.toUpperCase(), directive[2]!, context)
  if (text.trim().startsWith('$')) return fail('only $ORIGIN and $TTL are known')
  const ownerMatch = /^(\S+)/.exec(text)
  const owner = ownerMatch === null ? context.owner : absolute(ownerMatch[1]!, context.origin)
  if (owner === null) return fail('the first record has no name')
  const name = parseName(owner)
  if (!name.ok) return name
  context.owner = name.value
  let rest = text.slice(ownerMatch?.[0].length ?? 0).trim()
  let ttl = context.ttl
  for (let word = /^(\d+|IN)\s+/i.exec(rest); word !== null; word = /^(\d+|IN)\s+/i.exec(rest)) {
    if (word[1]!.toUpperCase() !== 'IN') ttl = Math.min(Number(word[1]), 604_800)
    rest = rest.slice(word[0].length)
  }
  const [typeWord = ''] = rest.split(/\s+/, 1)
  const type = typeWord.toUpperCase()
  if (!isRecordType(type)) return fail(`expected one of ${RECORD_TYPES.join(', ')} after the name`)
  const value = withOrigin(type, rest.slice(typeWord.length).trim(), context.origin)
  const data = parseRecordData(type, value)
  return data.ok ? ok({ name: name.value, type, ttl, values: [data.value.text] }) : data
}

function applyDirective(kind: string, value: string, context: Context): Parsed<null> {
  if (kind === 'TTL') {
    if (!/^\d{1,9}$/.test(value)) return fail('$TTL takes seconds')
    context.ttl = Number(value)
    return ok(null)
  }
  const origin = parseName(value)
  if (!origin.ok) return origin
  context.origin = origin.value
  return ok(null)
}

function absolute(name: string, origin: string | null): string {
  if (name === '@') return origin ?? ''
  if (name.endsWith('.') || origin === null) return name
  return `${name}.${origin}`
}

/** Puts the origin behind the relative names inside the data of a record. */
function withOrigin(type: RecordType, value: string, origin: string | null): string {
  const nameAt: Partial<Record<RecordType, readonly number[]>> = {
    CNAME: [0],
    NS: [0],
    PTR: [0],
    MX: [1],
    SRV: [3],
    SOA: [0, 1],
  }
  const positions = nameAt[type]
  if (positions === undefined) return value
  const words = value.split(/\s+/)
  return words.map((word, index) => (positions.includes(index) ? absolute(word, origin) : word)).join(' ')
}

/** Lines without comments, with parentheses joined (RFC 1035 §5.1), each with the number it began at. */
function logicalLines(text: string): Line[] {
  const lines: Line[] = []
  let open: Line | null = null
  let depth = 0
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const { bare, delta } = stripComment(raw)
    depth = Math.max(0, depth + delta)
    open =
      open === null
        ? { text: bare, number: index + 1 }
        : { text: `${open.text} ${bare}`, number: open.number }
    if (depth > 0) continue
    if (open.text.trim() !== '') lines.push(open)
    open = null
  }
  if (open !== null && open.text.trim() !== '') lines.push(open)
  return lines
}

function stripComment(raw: string): { readonly bare: string; readonly delta: number } {
  let bare = ''
  let delta = 0
  let quoted = false
  for (let at = 0; at < raw.length; at += 1) {
    const character = raw[at]!
    if (character === '\\') {
      bare += character + (raw[at + 1] ?? '')
      at += 1
    } else if (character === '"') {
      quoted = !quoted
      bare += character
    } else if (!quoted && character === ';') {
      break
    } else if (!quoted && (character === '(' || character === ')')) {
      delta += character === '(' ? 1 : -1
      bare += ' '
    } else {
      bare += character
    }
  }
  return { bare: bare.trimEnd(), delta }
}
