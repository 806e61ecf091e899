// What an SPF record would let through, before somebody lists its domain: look-ups, shared clouds, everybody
// (F3, RFC 7208 §4.6.4).
import type { SpfLook } from '@gatepost/contract/spoofing.ts'
import { parseDomain } from '@gatepost/mail/domain.ts'
import type { Dns } from '#platform/dns-types.ts'
import { sharedClouds } from '#policy/shared-clouds.ts'
import { invalidInput } from '../problem.ts'

/** RFC 7208 §4.6.4. */
const LOOK_UPS_MAX = 10
/** Records fetched in all: beyond it the record counts for nothing anyway. */
const RECORDS_MAX = 25

/** Terms that cost a look-up. */
const COSTLY = /^[+?~-]?(include:|a(?:[:/]|$)|mx(?:[:/]|$)|ptr(?::|$)|exists:|redirect=)/i

/** Looks at the record of a domain and those it takes in. Throws `invalid-input` for what is no domain. */
export async function lookAtSpf(text: string, { dns }: { readonly dns: Dns }): Promise<SpfLook> {
  const name = parseDomain(text.trim().toLowerCase())
  if (!name.ok) throw invalidInput([{ path: '/domain', message: `“${text}” is no domain.` }])
  const look = {
    lookUps: 0,
    clouds: new Set<string>(),
    records: 0,
    isOpen: false,
    isUnknown: false,
    hasSeveral: false,
  }
  const found = await follow(name.value, dns, look)
  const warnings = [
    ...(found ? [] : [`${name.value} has no SPF record${look.isUnknown ? ' that could be looked up' : ''}.`]),
    ...(look.lookUps > LOOK_UPS_MAX
      ? [`The record asks for ${look.lookUps} look-ups; more than ${LOOK_UPS_MAX} and it counts for nothing.`]
      : []),
    ...(found && look.isUnknown
      ? ['A part of it could not be looked up just now: it may ask for more, and take in more, than this.']
      : []),
    ...(look.hasSeveral
      ? ['It, or a domain it takes in, has more than one SPF record: that counts for nothing.']
      : []),
    ...(look.isOpen ? ['The record lets everybody pass (+all).'] : []),
    ...[...look.clouds].map((cloud) => `It takes in ${cloud}: every customer there could send as you.`),
  ]
  return { domain: name.value, found, lookUps: look.lookUps, sharedClouds: [...look.clouds], warnings }
}

type Look = {
  lookUps: number
  clouds: Set<string>
  records: number
  isOpen: boolean
  isUnknown: boolean
  hasSeveral: boolean
}

async function follow(domain: string, dns: Dns, look: Look): Promise<boolean> {
  look.records += 1
  if (look.records > RECORDS_MAX) return false
  const answer = await dns.query({ name: domain, type: 'TXT' }).catch(() => null)
  if (answer === null || answer.kind === 'failed') look.isUnknown = true
  const records = answer?.kind === 'found' ? answer.records : []
  const [record, ...more] = records.filter((text) => /^v=spf1(?: |$)/i.test(text))
  if (more.length > 0) look.hasSeveral = true
  if (record === undefined) return false
  for (const term of record.split(/\s+/).slice(1)) {
    if (/^\+?all$/i.test(term)) look.isOpen = true
    if (!COSTLY.test(term)) continue
    look.lookUps += 1
    const target = /^[+?~-]?(?:include:|redirect=)(.+)$/i.exec(term)?.[1]?.toLowerCase()
    if (target === undefined || target.includes('%')) continue
    const cloud = sharedClouds.find(({ source }) => source === target)
    if (cloud) look.clouds.add(cloud.name)
    await follow(target, dns, look)
  }
  return true
}
