// Logins of mail hosts (O3): generated, shown once, kept as sealed SCRAM keys, and revoked within seconds
// (decisions 36).
import { randomBytes } from 'node:crypto'
import type { NewCredential, SmtpCredential } from '@gatepost/contract/outbound.ts'
import { newId } from '#platform/random.ts'
import { newPassword, scramKeysOf } from '#platform/scram-keys.ts'
import type { Row } from '#store/schema.ts'
import { actorName } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'
import { credentialsOf, findCredential } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'secrets' | 'config'>

/** Hosts of one organisation; each login is one. */
const CREDENTIALS_MAX = 200
const COLUMN = 'smtp_credential.keys'
/** Of the user name; only the password is secret. */
const NAME_BYTES = 5

export async function listCredentials(
  scope: Scope,
  { store, config }: Pick<Deps, 'store' | 'config'>,
): Promise<{ items: SmtpCredential[]; hosts: string[] }> {
  const rows = await credentialsOf(store.db, scope.tenantId)
  return { items: rows.map(shown), hosts: [config.hostname] }
}

/** Makes a login. Throws `limit-reached`. */
export async function addCredential(
  scope: Scope,
  input: { readonly name: string },
  deps: Deps,
): Promise<NewCredential> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  const at = clock.now()
  const id = newId('cre', at)
  const password = newPassword()
  const keys = sealedKeys(deps, { tenantId, id, password })
  const row = await store.transaction(async (trx) => {
    if ((await credentialsOf(trx, tenantId)).length >= CREDENTIALS_MAX) {
      throw problem(
        'limit-reached',
        `There are ${CREDENTIALS_MAX} logins already. Remove those that are not used.`,
      )
    }
    const tenant = await trx.selectFrom('tenant').select('slug').where('id', '=', tenantId).executeTakeFirst()
    const username = `${tenant?.slug ?? 'host'}-${randomBytes(NAME_BYTES).toString('hex')}`
    const revision = await changeSettings(trx, scope, {
      action: 'credential.made',
      subject: `login ${input.name}`,
      before: null,
      after: { name: input.name, username },
      at,
    })
    const values: Row<'smtp_credential'> = {
      id,
      tenant_id: tenantId,
      name: input.name,
      username,
      keys,
      created_at: at,
      created_by: actorName(scope.actor),
      changed_at: at,
      last_seen_at: null,
      last_address: null,
      revision,
    }
    await trx.insertInto('smtp_credential').values(values).execute()
    return values
  })
  link.settingsChanged()
  return { credential: shown(row), password }
}

/** A new password for the same name. Throws `not-found`. */
export async function renewCredential(scope: Scope, id: string, deps: Deps): Promise<NewCredential> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  const at = clock.now()
  const password = newPassword()
  const row = await store.transaction(async (trx) => {
    const found = await findCredential(trx, tenantId, id)
    if (!found) throw problem('not-found')
    const revision = await changeSettings(trx, scope, {
      action: 'credential.renewed',
      subject: `login ${found.name}`,
      before: { changedAt: found.changed_at },
      after: { changedAt: at },
      at,
    })
    const fields = { keys: sealedKeys(deps, { tenantId, id: found.id, password }), changed_at: at, revision }
    await trx
      .updateTable('smtp_credential')
      .set(fields)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', found.id)
      .execute()
    return { ...found, ...fields }
  })
  link.settingsChanged()
  return { credential: shown(row), password }
}

/** Throws `not-found`. */
export async function removeCredential(scope: Scope, id: string, deps: Deps): Promise<void> {
  const { store, clock, link } = deps
  await store.transaction(async (trx) => {
    const found = await findCredential(trx, scope.tenantId, id)
    if (!found) throw problem('not-found')
    await changeSettings(trx, scope, {
      action: 'credential.revoked',
      subject: `login ${found.name}`,
      before: { name: found.name, username: found.username },
      after: null,
      at: clock.now(),
    })
    await trx
      .deleteFrom('smtp_credential')
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', found.id)
      .execute()
  })
  link.settingsChanged()
}

function sealedKeys(
  { secrets }: Pick<Deps, 'secrets'>,
  { tenantId, id, password }: { readonly tenantId: string; readonly id: string; readonly password: string },
): string {
  return secrets.seal(JSON.stringify(scramKeysOf(password)), { tenantId, column: COLUMN, id })
}

function shown(row: Row<'smtp_credential'>): SmtpCredential {
  return {
    id: row.id,
    name: row.name,
    username: row.username,
    createdAt: row.created_at,
    createdBy: row.created_by,
    changedAt: row.changed_at,
    lastSeenAt: row.last_seen_at,
    lastAddress: row.last_address,
  }
}
