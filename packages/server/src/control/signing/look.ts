// Looks for the record of a signing key at the zone's own name servers, and compares what stands there with
// the key itself, not with a text.
import type { RecordState } from '@gatepost/contract/common.ts'
import { readKey } from '#authentication/dkim-key.ts'
import { parseTagList, unfolded } from '#authentication/tag-list.ts'
import type { Dns } from '#platform/dns-types.ts'
import { askAuthoritative, lookOf, type ServerLook } from '../domain/look.ts'
import type { Seen } from './stages.ts'

export type KeyLook = { readonly state: RecordState; readonly servers: readonly ServerLook[] }

export function recordNameOf(key: { readonly selector: string; readonly domain: string }): string {
  return `${key.selector}._domainkey.${key.domain}`
}

type Asked = { readonly selector: string; readonly domain: string; readonly publicKey: string }

/** What each server says. A selector that is a CNAME into another zone is followed by the resolver. */
export async function lookForKey(key: Asked, dns: Dns): Promise<KeyLook> {
  const name = recordNameOf(key)
  const servers = await dns.authoritativeServers(key.domain)
  const answers = await askAuthoritative(dns, servers, { name, type: 'TXT' })
  const looks = answers.map((answer) => lookOf(answer, (values) => stateOf(values, key.publicKey)))
  const state = stateOfAll(looks)
  if (state === 'found' || state === 'different-value') return { state, servers: looks }
  const answer = await dns.query({ name, type: 'TXT', fresh: true })
  if (answer.kind !== 'found') return { state, servers: looks }
  const look = lookOf({ server: answer.server, view: 'public', answer }, (values) =>
    stateOf(values, key.publicKey),
  )
  return { state: look.state, servers: [look] }
}

/** What a look means for the key's stage. */
export function seenBy({ state }: KeyLook): Seen {
  if (state === 'found') return 'found'
  return state === 'temporary-failure' ? 'unknown' : 'missing'
}

/** Every server that answers must have it: the one that is late would be asked, too. */
function stateOfAll(looks: readonly ServerLook[]): RecordState {
  const answered = looks.filter(({ state }) => state !== 'temporary-failure')
  if (answered.length === 0) return 'temporary-failure'
  return answered.find(({ state }) => state !== 'found')?.state ?? 'found'
}

/** Compared by key: white space, order and further tags do not matter; two records do. */
function stateOf(values: readonly string[], publicKey: string): RecordState {
  if (values.length > 1) return 'duplicate'
  const [text = ''] = values
  if (readKey(text).kind === 'fault') return 'different-value'
  return parseTagList(unfolded(text))?.get('p') === publicKey ? 'found' : 'different-value'
}
