// The one mutable cell between the planes: the newest snapshot as an index, swapped whole (architecture §7).
import { type Fact, known, type RecipientFact, unknown } from '#policy/facts.ts'
import type { SettingsDirectory } from './directory.ts'
import type { ReplicaList, ReplicaValue } from './feed-page.ts'
import type { Replica } from './replica.ts'

export { indexOf, type SettingsDirectory } from './directory.ts'

/** Holds the adopted index and answers what edges ask, without waiting. */
export class SnapshotHolder {
  #current: SettingsDirectory | null = null
  readonly #replica: Replica

  constructor(replica: Replica) {
    this.#replica = replica
  }

  /** Null until a first snapshot is here. */
  current(): SettingsDirectory | null {
    return this.#current
  }

  adopt(directory: SettingsDirectory): void {
    this.#current = directory
  }

  /** The replica's word on a recipient; unknown while the replica cannot be read. */
  recipientOf(tenantId: string, addressKey: string): Fact<RecipientFact> {
    const found = this.#replica.lookUp(tenantId, 'recipient', addressKey)
    if (found.kind === 'failed') return unknown(found.why)
    const entry = found.value as { readonly source: string } | null
    return known({ listed: entry !== null, source: entry?.source ?? null })
  }

  /** The replica's entry of any list; unknown while the list cannot be read, or is not whole. */
  entryOf(tenantId: string, list: ReplicaList, key: string): Fact<ReplicaValue | null> {
    const found = this.#replica.lookUp(tenantId, list, key)
    return found.kind === 'failed' ? unknown(found.why) : known(found.value)
  }
}
