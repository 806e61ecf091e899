// Readiness of our good name (U0): whether DNS block lists that mail hosts ask name an address of ours. Lists
// that refuse to answer us are "not known", never "not listed" (law 4).
import type { Said as Sentence } from '@gatepost/contract/saying.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { isPrivate, parseIp } from '@gatepost/mail/ip.ts'
import type { Dns } from '#platform/dns-types.ts'
import { publicAddresses } from './addresses.ts'
import { failed, type Look, notRequired, notVerified, passed } from './finding.ts'

/** What one list says of one address. */
type Said =
  | { readonly kind: 'clear' }
  | { readonly kind: 'listed'; readonly codes: readonly string[]; readonly words: string | null }
  | { readonly kind: 'unknown'; readonly why: string }
  /** A list that has no addresses of this family. */
  | { readonly kind: 'not-for-us' }

type Answer = { readonly zone: string; readonly ip: string; readonly said: Said }

/** Addresses asked about; a gateway has two or four. */
const ADDRESSES_MAX = 8
const WORDS_MAX = 200

export const blockListsLook: Look = {
  name: 'block-lists',
  title: 'No block list names our addresses',
  async look({ config, addresses, machine, dns }) {
    const zones = config.readiness.blockLists
    if (zones.length === 0) return notRequired(say('ready.no-lists'), say('ready.name-lists'))
    const ips = publicAddresses(addresses, machine.addresses())
      .filter((ip) => !isPrivate(ip))
      .slice(0, ADDRESSES_MAX)
    if (ips.length === 0) return notVerified(say('ready.lists-without'), say('ready.publish-name'))
    const answers = await Promise.all(
      zones.flatMap((zone) => ips.map(async (ip) => ({ zone, ip, said: await askList(zone, ip, dns) }))),
    )
    return findingOf(answers)
  },
}

function findingOf(answers: readonly Answer[]) {
  const listed = answers.flatMap(({ zone, ip, said }) => (said.kind === 'listed' ? [{ zone, ip, said }] : []))
  const silent = answers.flatMap(({ zone, said }) =>
    said.kind === 'unknown' ? [{ zone, why: said.why }] : [],
  )
  const clear = zonesOf(answers.filter(({ said }) => said.kind === 'clear')).filter(
    (zone) => !silent.some((one) => one.zone === zone),
  )
  const unknown = silenceText(silent)
  if (listed.length > 0) {
    const text = listed.map(({ zone, ip, said }) => {
      const codes = said.codes.join(', ')
      return said.words === null
        ? say('ready.listed', { zone, ip, codes })
        : say('ready.listed-words', { zone, ip, codes, words: said.words })
    })
    const all = text.reduce((one, other) => say('accept.both', { one, other }))
    return failed(withUnknown(say('ready.sentence', { text: all }), unknown), say('ready.delist'))
  }
  if (clear.length === 0)
    return notVerified(unknown ?? say('ready.lists-of-other-kind'), say('ready.own-resolver'))
  const ips = [...new Set(answers.map(({ ip }) => ip))].join(', ')
  const free = say('ready.not-listed', { zones: clear.join(', '), addresses: ips, count: clear.length })
  return passed(withUnknown(free, unknown))
}

function withUnknown(one: Sentence, unknown: Sentence | null): Sentence {
  return unknown === null ? one : say('ready.two', { one, other: unknown })
}

const zonesOf = (answers: readonly Pick<Answer, 'zone'>[]): readonly string[] => [
  ...new Set(answers.map(({ zone }) => zone)),
]

function silenceText(silent: readonly { readonly zone: string; readonly why: string }[]): Sentence | null {
  const byZone = new Map(silent.map(({ zone, why }) => [zone, why]))
  if (byZone.size === 0) return null
  return say('ready.lists-unknown', {
    lists: [...byZone].map(([zone, why]) => `${zone} (${why})`).join(', '),
  })
}

/**
 * Asks one list about one address (RFC 5782 §2.1, §2.4). A "no" counts only from a list that names its test
 * entry and does not name what must never be listed (§5): resolvers and lists that refuse us say "no" to
 * everything.
 */
export async function askList(zone: string, ip: string, dns: Dns): Promise<Said> {
  const label = reversedLabel(ip)
  if (label === null) return { kind: 'unknown', why: 'the address cannot be asked for' }
  const isSix = ip.includes(':')
  const [own, entry, never] = await Promise.all([
    queryCodes(`${label}.${zone}`, dns),
    queryCodes(`${isSix ? reversedLabel('::ffff:7f00:2') : '2.0.0.127'}.${zone}`, dns),
    queryCodes(`${isSix ? reversedLabel('::ffff:7f00:1') : '1.0.0.127'}.${zone}`, dns),
  ])
  for (const seen of [own, entry, never])
    if (seen.kind === 'failed') return { kind: 'unknown', why: seen.why }
  const all = [own, entry, never].flatMap((seen) => (seen.kind === 'codes' ? seen.codes : []))
  const refusal = all.map(refusalOf).find((why) => why !== null)
  if (refusal !== undefined) return { kind: 'unknown', why: refusal }
  if (never.kind === 'codes') return { kind: 'unknown', why: 'it names everybody' }
  if (entry.kind !== 'codes')
    return isSix ? { kind: 'not-for-us' } : { kind: 'unknown', why: 'it does not name its own test entry' }
  if (own.kind !== 'codes') return { kind: 'clear' }
  return { kind: 'listed', codes: own.codes, words: await wordsOf(`${label}.${zone}`, dns) }
}

type Seen =
  | { readonly kind: 'codes'; readonly codes: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly why: string }

async function queryCodes(name: string, dns: Dns): Promise<Seen> {
  const answer = await dns.query({ name, type: 'A' })
  if (answer.kind === 'failed') return { kind: 'failed', why: answer.why }
  return answer.kind === 'found' ? { kind: 'codes', codes: answer.records } : { kind: 'none' }
}

async function wordsOf(name: string, dns: Dns): Promise<string | null> {
  const answer = await dns.query({ name, type: 'TXT' })
  const words = answer.kind === 'found' ? (answer.records[0] ?? '').trim() : ''
  return words === '' ? null : words.slice(0, WORDS_MAX)
}

/** Codes by which operators of lists say that they do not answer us. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['127.255.255.252', 'it does not know this zone: the name is misspelled'],
  ['127.255.255.254', 'it refuses shared resolvers'],
  ['127.255.255.255', 'it refuses us: too many questions'],
  ['127.0.0.1', 'it refuses us'],
])

/** Why a code says nothing of the address; null for a code that lists it. */
function refusalOf(code: string): string | null {
  const known = REFUSALS.get(code)
  if (known !== undefined) return known
  if (code.startsWith('127.255.')) return `it refuses us (${code})`
  // Only 127.0.0.0/8 lists (RFC 5782 §2.1); anything else is a parked name or a resolver that sells searches.
  return code.startsWith('127.') ? null : `its answer ${code} is none of a block list`
}

/** The address as a name: octets of IPv4, nibbles of IPv6, backwards; null for what is no address. */
function reversedLabel(ip: string): string | null {
  const parsed = parseIp(ip, { keepMapped: true })
  if (!parsed.ok) return null
  const octets = [...parsed.value.bytes]
  if (parsed.value.family === 4) return octets.toReversed().join('.')
  return octets
    .flatMap((octet) => [octet >> 4, octet & 15])
    .toReversed()
    .map((nibble) => nibble.toString(16))
    .join('.')
}
