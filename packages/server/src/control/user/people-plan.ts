// What a directory's word means for the people that are there: whom it adds, changes and removes, whom other
// sources keep, and what it contradicts. Pure, so that it can be shown before anything happens (D8).
import type { DirectoryEntry } from '@gatepost/directory/entry.ts'
import { type Claim, isDirectory, type Known, type Merged, mergeClaims, tokenOf } from './claim.ts'
import { allocate, type Draft, draftOfKnown } from './people-draft.ts'
import { addressesIn, type PeopleState } from './people-state.ts'

export type ConnectorSource = {
  readonly kind: 'directory' | 'agent' | 'entra' | 'google'
  readonly connectorId: string
}

export type PeopleInput = {
  readonly source: ConnectorSource
  /** Entries that are new or changed. */
  readonly upserts: readonly DirectoryEntry[]
  /** External ids of users and groups that this directory no longer has. */
  readonly removals: readonly string[]
  /** Who leaves and is named by nobody else stays as an address that receives mail. */
  readonly leaversStay?: boolean
  readonly now: number
}

export type PlannedUser = {
  /** Null for a user to be added. */
  readonly before: Known | null
  readonly claims: readonly Claim[]
  readonly after: Merged
  readonly externalId: string | null
}

/** Why an entry, or a part of one, was left out; a whole sentence with what to do. */
export type PeopleNote = { readonly externalId: string; readonly why: string }

export type PeoplePlan = {
  readonly adds: readonly PlannedUser[]
  readonly changes: readonly PlannedUser[]
  readonly removes: readonly Known[]
  /** Users that only mail had shown and that turned out to be others. */
  readonly absorbed: readonly Known[]
  /** Users that this directory no longer names and another source does. */
  readonly kept: readonly PlannedUser[]
  /** Users that are as the directory says. */
  readonly unchanged: number
  /** Entries left out. */
  readonly skipped: readonly PeopleNote[]
  /** Parts of entries left out, and users that were joined. */
  readonly notes: readonly PeopleNote[]
}

/** As for users added by form. */
const ALIASES_MAX = 200
const NAME_LENGTH_MAX = 200
const VALUE_LENGTH_MAX = 1_000
const ATTRIBUTES_MAX = 100

/** Compares a directory's word with what is known. Reads nothing and changes nothing. */
export function planPeople(state: PeopleState, input: PeopleInput): PeoplePlan {
  const work = new Work(state, input)
  work.remove()
  work.update()
  work.join()
  return work.finish()
}

type Entry = { readonly externalId: string; readonly claim: Claim }

class Work {
  readonly #state: PeopleState
  readonly #input: PeopleInput
  readonly #token: string
  readonly #drafts = new Map<string, Draft>()
  readonly #added: Draft[] = []
  readonly #fresh: Entry[] = []
  readonly #skipped: PeopleNote[] = []
  readonly #notes: PeopleNote[] = []
  /** External ids of the entries of this listing. */
  readonly #listed: ReadonlySet<string>

  constructor(state: PeopleState, input: PeopleInput) {
    this.#state = state
    this.#input = input
    this.#token = tokenOf({ source: input.source.kind, connectorId: input.source.connectorId })
    this.#listed = new Set(input.upserts.map(({ externalId }) => externalId))
    for (const [id, known] of state.users) this.#drafts.set(id, draftOfKnown(known))
  }

  /** Takes the directory's word back for what is gone there. */
  remove(): void {
    for (const externalId of this.#input.removals) {
      if (this.#listed.has(externalId)) continue
      const claims = this.#draftOf(externalId)?.claims
      const claim = claims?.get(this.#token)
      claims?.delete(this.#token)
      // Any other source outweighs it; see `finish`.
      if (claims && claim && this.#input.leaversStay)
        claims.set('seen-in-mail', { ...claim, source: 'seen-in-mail', connectorId: '', externalId: null })
    }
  }

  /** Entries that are known by their id get their new word; the others wait. */
  update(): void {
    const seen = new Set<string>()
    for (const entry of this.#input.upserts) {
      const { externalId } = entry
      if (seen.has(externalId)) continue
      seen.add(externalId)
      const draft = this.#draftOf(externalId)
      const claim = this.#claimOf(entry, draft)
      if (claim === null) draft?.claims.delete(this.#token)
      else if (draft) draft.claims.set(this.#token, claim)
      else this.#fresh.push({ externalId, claim })
    }
  }

  /** New entries join the user that has their address, or become one. */
  join(): void {
    const primaries = new Map<string, Draft>()
    const aliases = new Map<string, Draft>()
    const index = (draft: Draft): void => {
      const merged = mergeClaims([...draft.claims.values()])
      // An account made anew keeps the user that its address had.
      if (!merged) return void (draft.known && primaries.set(draft.known.row.email_key, draft))
      primaries.set(merged.email.key, draft)
      for (const key of merged.addresses.keys()) if (key !== merged.email.key) aliases.set(key, draft)
    }
    for (const draft of this.#drafts.values()) index(draft)
    for (const { externalId, claim } of this.#fresh) {
      const found = this.#homeOf(claim, primaries, aliases)
      if (typeof found === 'string') {
        this.#skipped.push({ externalId, why: found })
        continue
      }
      const draft = found ?? { known: null, claims: new Map(), isAbsorbed: false }
      if (found === null) this.#added.push(draft)
      draft.claims.set(this.#token, claim)
      index(draft)
    }
    for (const draft of [...this.#drafts.values(), ...this.#added]) this.#absorb(draft, primaries)
  }

  finish(): PeoplePlan {
    const all = [...this.#drafts.values(), ...this.#added]
    // What mail showed is settled once anything else names the user.
    for (const { claims } of all) if (claims.size > 1) claims.delete('seen-in-mail')
    const given = allocate(all, (draft, why) => {
      const externalId = draft.claims.get(this.#token)?.externalId
      if (externalId) this.#notes.push({ externalId, why })
    })
    const plan = {
      adds: [] as PlannedUser[],
      changes: [] as PlannedUser[],
      removes: [] as Known[],
      absorbed: [] as Known[],
      kept: [] as PlannedUser[],
    }
    let unchanged = 0
    for (const draft of all) {
      const after = given.get(draft) ?? null
      const { known } = draft
      const claim = draft.claims.get(this.#token)
      if (known && after === null) (draft.isAbsorbed ? plan.absorbed : plan.removes).push(known)
      if (after === null) {
        if (!known && claim?.externalId) this.#skipTaken(claim)
        continue
      }
      const claims = [...draft.claims.values()]
      const planned = { before: known, claims, after, externalId: claim?.externalId ?? null }
      if (!known) plan.adds.push(planned)
      else if (!claim && known.claims.some((each) => tokenOf(each) === this.#token)) plan.kept.push(planned)
      else if (isChanged(known, planned)) plan.changes.push(planned)
      else if (claim) unchanged += 1
    }
    return { ...plan, unchanged, skipped: this.#skipped, notes: this.#notes }
  }

  #draftOf(externalId: string): Draft | undefined {
    return this.#drafts.get(this.#state.byExternal.get(externalId) ?? '')
  }

  #claimOf(entry: DirectoryEntry, draft: Draft | undefined): Claim | null {
    const { externalId } = entry
    const all = addressesIn(entry, this.#state.domains)
    const [email] = all
    if (!email) {
      // A group without an address is still a group.
      const why =
        entry.email === null
          ? NO_ADDRESS
          : `${entry.email} is in no validated domain of yours. Add the domain if its mail shall come here.`
      if (entry.kind !== 'group' || entry.email !== null) this.#skipped.push({ externalId, why })
      return null
    }
    if (all.length > ALIASES_MAX + 1) {
      this.#notes.push({ externalId, why: `Only the first ${ALIASES_MAX} of its addresses are taken.` })
    }
    const before = draft?.claims.get(this.#token)
    return {
      source: this.#input.source.kind,
      connectorId: this.#input.source.connectorId,
      externalId,
      reference: null,
      since: before?.since ?? this.#input.now,
      seenAt: this.#input.now,
      email,
      aliases: all.slice(1, ALIASES_MAX + 1),
      name: nameOf(entry.name),
      kind: entry.kind,
      enabled: entry.signInEnabled || entry.kind !== 'user',
      attributes: new Map(
        [...entry.attributes]
          .slice(0, ATTRIBUTES_MAX)
          .map(([name, value]) => [name, value.slice(0, VALUE_LENGTH_MAX)]),
      ),
      userName: entry.userName,
      place: entry.place,
    }
  }

  /** The user that a new entry is; null for nobody yet; a sentence where it cannot be told. */
  #homeOf(
    claim: Claim,
    primaries: ReadonlyMap<string, Draft>,
    aliases: ReadonlyMap<string, Draft>,
  ): Draft | string | null {
    const owner = primaries.get(claim.email.key)
    if (owner) {
      const other = owner.claims.get(this.#token)
      if (other?.externalId && this.#listed.has(other.externalId)) {
        const name = other.place || other.name || 'another entry'
        const where = `${claim.email.address} belongs to ${name} in the same directory.`
        return `${where} Give each its own address there.`
      }
      // The account was made anew there: it has the same address and another id.
      return owner
    }
    const holder = aliases.get(claim.email.key)
    if (holder) {
      const merged = mergeClaims([...holder.claims.values()])
      return `${claim.email.address} is an alias of ${merged?.email.address ?? 'another user'}. Remove it there first.`
    }
    // An address known by hand, list or mail may be an alias there: the directory knows whose it is.
    for (const { key } of claim.aliases) {
      const user = primaries.get(key)
      if (user && !hasDirectory(user)) return user
    }
    return null
  }

  /** Users that only mail showed, under an address that is an alias of this one, are this one. */
  #absorb(draft: Draft, primaries: ReadonlyMap<string, Draft>): void {
    const claim = draft.claims.get(this.#token)
    for (const { key } of claim?.aliases ?? []) {
      const other = primaries.get(key)
      if (!other || other === draft || other.isAbsorbed) continue
      if ([...other.claims.values()].every(({ source }) => source === 'seen-in-mail')) {
        other.isAbsorbed = true
        other.claims.clear()
      }
    }
  }

  #skipTaken({ externalId, email }: Claim): void {
    const why = `${email.address} belongs to another user already. Remove it there first.`
    this.#skipped.push({ externalId: externalId ?? '', why })
  }
}

const NO_ADDRESS = 'It has no e-mail address.'

function nameOf(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .trim()
    .slice(0, NAME_LENGTH_MAX)
}

function hasDirectory({ claims }: Draft): boolean {
  return [...claims.values()].some(({ source }) => isDirectory(source))
}

function isChanged(known: Known, { claims, after }: PlannedUser): boolean {
  const { row } = known
  if (row.email !== after.email.address || row.name !== after.name || row.kind !== after.kind) return true
  if ((row.enabled === 1) !== after.enabled) return true
  if (row.attributes !== JSON.stringify(after.attributes)) return true
  if (known.addresses.length !== after.addresses.size) return true
  for (const { address_key, named_by, address, is_primary } of known.addresses) {
    const now = after.addresses.get(address_key)
    if (
      !now ||
      now.namedBy.toSorted().join(' ') !== named_by.split(' ').toSorted().join(' ') ||
      now.address.address !== address
    )
      return true
    if ((is_primary === 1) !== (after.email.key === address_key)) return true
  }
  return claimsText(known.claims) !== claimsText(claims)
}

/** Everything of claims that matters; when they were last seen does not. */
function claimsText(claims: readonly Claim[]): string {
  const texts = claims.map((claim) => {
    const { email, aliases, name, kind, enabled, attributes, userName, place, externalId } = claim
    const keys = [email.address, ...aliases.map(({ address }) => address)]
    return JSON.stringify([
      tokenOf(claim),
      externalId,
      keys,
      name,
      kind,
      enabled,
      [...attributes],
      userName,
      place,
    ])
  })
  return texts.toSorted().join('\n')
}
