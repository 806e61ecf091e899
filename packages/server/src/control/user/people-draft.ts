// Users in the making: each with the claims of its sources, and who gets an address that several want.
import {
  type Claim,
  type Known,
  localWordOf,
  type Merged,
  mergeClaims,
  type NamedAddress,
  NO_LOCAL_WORD,
  tokenOf,
  writtenAddress,
} from './claim.ts'

export type Draft = {
  readonly known: Known | null
  /** By token. */
  readonly claims: Map<string, Claim>
  /** It turned out to be another user. */
  isAbsorbed: boolean
}

export function draftOfKnown(known: Known): Draft {
  return {
    known,
    claims: new Map(known.claims.map((claim) => [tokenOf(claim), claim])),
    isAbsorbed: false,
  }
}

/**
 * Gives each address to one user: main addresses before aliases, and who has an address before who wants it.
 * What somebody does not get is told to `note`. Drafts without any claim, or new ones without their main
 * address, get nothing.
 */
export function allocate(
  drafts: readonly Draft[],
  note: (draft: Draft, why: string) => void,
): ReadonlyMap<Draft, Merged> {
  const wanted = new Map<Draft, Merged>()
  for (const draft of drafts) {
    const local = draft.known ? localWordOf(draft.known) : NO_LOCAL_WORD
    const merged = mergeClaims([...draft.claims.values()], local)
    if (merged) wanted.set(draft, merged)
  }
  const owners = new Map<string, Draft>()
  for (const draft of [...wanted.keys()].toSorted(byAge)) {
    const { key } = wanted.get(draft)!.email
    if (!owners.has(key)) owners.set(key, draft)
  }
  for (const isOwn of [true, false]) {
    for (const [draft, { addresses }] of wanted) {
      const has = new Set(isOwn ? draft.known?.addresses.map(({ address_key }) => address_key) : [])
      for (const key of addresses.keys()) {
        if (isOwn && !has.has(key)) continue
        if (!owners.has(key)) owners.set(key, draft)
      }
    }
  }
  const given = new Map<Draft, Merged>()
  for (const [draft, merged] of wanted) {
    const addresses = new Map<string, NamedAddress>()
    for (const [key, named] of merged.addresses) {
      const owner = owners.get(key)!
      if (owner === draft) addresses.set(key, named)
      else note(draft, takenText(named.address.address, wanted.get(owner)!))
    }
    const before = draft.known?.row.email_key ?? ''
    const email = addresses.get(merged.email.key) ?? addresses.get(before)
    if (email) given.set(draft, { ...merged, email: email.address, addresses })
    // A new user whose main address belongs to somebody is not added under an alias; one that is there stays.
    else if (draft.known) given.set(draft, withSomeAddress(draft.known, merged, addresses))
  }
  return given
}

function withSomeAddress(known: Known, merged: Merged, addresses: ReadonlyMap<string, NamedAddress>): Merged {
  const [first] = addresses.values()
  if (first) return { ...merged, email: first.address, addresses }
  const address = writtenAddress(known.row.email)
  const namedBy = [...(merged.addresses.get(merged.email.key)?.namedBy ?? [])]
  return { ...merged, email: address, addresses: new Map([[address.key, { address, namedBy }]]) }
}

function takenText(address: string, owner: Merged): string {
  if (owner.email.address === address)
    return `${address} is the main address of another user, so it is left out here.`
  return `${address} is an alias of ${owner.email.address} already, so it is left out here.`
}

/** Users that are there before new ones, older ones first. */
function byAge(a: Draft, b: Draft): number {
  return (
    (a.known?.row.created_at ?? Number.MAX_SAFE_INTEGER) -
    (b.known?.row.created_at ?? Number.MAX_SAFE_INTEGER)
  )
}
