// Rotation of the master key while all runs: a new key in front of the file, then every sealed column opened
// and sealed again in batches, then the settings compiled anew, since edges hold sealed copies.
import type { KeyStatus } from '@gatepost/contract/keys.ts'
import { addMasterKey, dropOldMasterKeys, KeyFileRefused, type SecretBox } from '#platform/secret-box.ts'
import type { Store } from '#store/open.ts'
import { SYSTEM_TENANT } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { Actor, ControlDeps } from '../scope.ts'
import { markDirty } from '../settings/settings.ts'
import { type SealedColumn, sealedColumns } from './sealed-columns.ts'
import { countSealed, outdatedRows, type SealedRow, writeSealed } from './store.ts'

/** Rows sealed anew in one transaction: mail and console wait for the writer no longer than that. */
const BATCH = 200

type By = { readonly actor: Actor; readonly from: string }
type Deps = Pick<ControlDeps, 'store' | 'clock' | 'secrets' | 'link'> & {
  readonly keyFile: string
  readonly columns?: readonly SealedColumn[]
}

export class KeyRotation {
  readonly #deps: Deps
  #running = false
  #done = 0
  #failed: string | null = null

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Keys, what is still sealed with an older one, and how far a rotation is. */
  async status(): Promise<KeyStatus> {
    const { secrets, store } = this.#deps
    secrets.refresh()
    const [newest = ''] = secrets.keyIds()
    const columns = await Promise.all(
      this.#columns().map(async (column) => ({
        column: `${column.table}.${column.column}`,
        secrets: await countSealed(store, column, null),
        outdated: await countSealed(store, column, newest),
      })),
    )
    const outdated = columns.reduce((sum, column) => sum + column.outdated, 0)
    const shards = await outdatedShards(store, secrets)
    return {
      keys: [...secrets.keyIds()],
      columns,
      outdated,
      copies: shards,
      running: this.#running,
      resealed: this.#done,
      failed: this.#failed,
    }
  }

  /**
   * Begins a rotation; `keep` seals anew with the first key of the file as it is, for nodes whose files are
   * changed by hand. Throws `rotation-running` and `key-file-refused`.
   */
  async start(by: By, options: { readonly keep: boolean }): Promise<KeyStatus> {
    const { secrets, clock, keyFile, store } = this.#deps
    if (this.#running) throw problem('rotation-running')
    const before = secrets.keyIds()[0] ?? ''
    try {
      if (!options.keep) addMasterKey(keyFile, `made ${new Date(clock.now()).toISOString()}`)
      secrets.refresh()
    } catch (error) {
      if (error instanceof KeyFileRefused) throw problem('key-file-refused', error.message)
      throw error
    }
    const after = { key: secrets.keyIds()[0] ?? '' }
    const event = { action: 'key.rotated', subject: 'master key', before: { key: before }, after }
    await store.transaction((trx) =>
      appendAudit(trx, { tenantId: null, ...by }, { ...event, at: clock.now() }),
    )
    this.#running = true
    this.#done = 0
    this.#failed = null
    this.#reseal(by).finally(() => {
      this.#running = false
    })
    return this.status()
  }

  /** Removes the older keys. Throws `key-in-use` while anything is sealed with one of them. */
  async drop(by: By): Promise<KeyStatus> {
    const { keyFile, secrets, store, clock } = this.#deps
    const { outdated, copies, running } = await this.status()
    if (running) throw problem('rotation-running')
    if (outdated + copies > 0) {
      const what = `${outdated} secrets and ${copies} compiled settings are sealed with an older key.`
      throw problem('key-in-use', `${what} Rotate first, and wait until it is done.`)
    }
    try {
      const gone = dropOldMasterKeys(keyFile)
      secrets.refresh()
      const event = {
        action: 'key.dropped',
        subject: 'older master keys',
        before: { keys: gone },
        after: null,
      }
      await store.transaction((trx) =>
        appendAudit(trx, { tenantId: null, ...by }, { ...event, at: clock.now() }),
      )
    } catch (error) {
      if (error instanceof KeyFileRefused) throw problem('key-file-refused', error.message)
      throw error
    }
    return this.status()
  }

  #columns(): readonly SealedColumn[] {
    return this.#deps.columns ?? sealedColumns
  }

  async #reseal(by: By): Promise<void> {
    const { store, clock, link } = this.#deps
    try {
      const tenants = new Set<string>()
      for (const column of this.#columns()) {
        for (;;) {
          const rows = await this.#batch(column)
          if (rows.length === 0) break
          this.#done += rows.length
          for (const { tenant } of rows) if (tenant !== SYSTEM_TENANT) tenants.add(tenant)
        }
      }
      await store.transaction(async (trx) => {
        for (const tenant of tenants) await markDirty(trx, tenant, clock.now())
        const after = { resealed: this.#done }
        const event = { action: 'key.resealed', subject: 'all sealed secrets', before: null, after }
        await appendAudit(trx, { tenantId: null, ...by }, { ...event, at: clock.now() })
      })
      link.settingsChanged()
    } catch (error) {
      // What was sealed anew stays so; asking again goes on with the rest.
      this.#failed = (error as Error).message
    }
  }

  /** Seals the next rows anew; a row that somebody changes meanwhile is left for the next batch. */
  #batch(column: SealedColumn): Promise<readonly SealedRow[]> {
    const { store, secrets } = this.#deps
    return store.transaction(async (trx) => {
      const [newest = ''] = secrets.keyIds()
      const rows = await outdatedRows(trx, column, { newest, limit: BATCH })
      for (const { id, tenant, sealed } of rows) {
        const place = { tenantId: tenant, column: `${column.table}.${column.column}`, id }
        const again = secrets.seal(secrets.open(sealed, place), place)
        const wasWritten = await writeSealed(trx, column, { id, sealed, again })
        if (!wasWritten) throw new Error(`${place.column} of ${id} could not be written`)
      }
      return rows
    })
  }
}

/** Compiled settings in use that hold a copy sealed with an older key. */
async function outdatedShards(store: Store, secrets: SecretBox): Promise<number> {
  const [, ...old] = secrets.keyIds()
  let found = 0
  for (const id of old) {
    const rows = await acrossTenants(store.db)
      .selectFrom('shard')
      .select('digest')
      .where('replaced_at', 'is', null)
      .where('body', 'like', `%v1.${id}.%`)
      .execute()
    found += rows.length
  }
  return found
}
