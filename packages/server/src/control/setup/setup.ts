// First start: a one-time link, and with it the first administrator and organisation (decisions 49, 50).
import type { Environment } from '@gatepost/contract/common.ts'
import { defaultPasswordRules } from '@gatepost/contract/password.ts'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import { digestOf, newId, newSecret } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import type { AuthDeps, RequestOrigin } from '../auth/auth.ts'
import { checkPassword } from '../auth/password-policy.ts'
import { openSession } from '../auth/session.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Actor, ControlDeps } from '../scope.ts'
import { insertTenant } from '../tenant/tenant.ts'

export const SETUP_LINK_MS = 24 * 3_600_000

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'config'> & Pick<AuthDeps, 'passwords'>

/**
 * Makes a new set-up link while no administrator exists, in place of every earlier one; null when set-up is
 * done. Called at each start. The token goes into `URL/setup#token=…`.
 */
export async function openSetup({ store, clock }: Pick<Deps, 'store' | 'clock'>): Promise<string | null> {
  return store.transaction(async (trx) => {
    if (!(await isSetupOpen(trx))) return null
    const token = newSecret()
    const now = clock.now()
    await trx.deleteFrom('setup_link').execute()
    await trx
      .insertInto('setup_link')
      .values({ digest: digestOf(token), created_at: now, expires_at: now + SETUP_LINK_MS, used_at: null })
      .execute()
    return token
  })
}

export async function getSetup({
  store,
  config,
}: Pick<Deps, 'store' | 'config'>): Promise<{ readonly open: boolean; readonly hostname: string }> {
  return { open: await isSetupOpen(store.db), hostname: config.hostname }
}

/** Throws `setup-closed` or `setup-link-wrong` unless the token is that of the open link. */
export async function checkSetupLink(
  token: string,
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
): Promise<{ readonly expiresAt: number }> {
  if (!(await isSetupOpen(store.db))) throw problem('setup-closed')
  const link = await store.db
    .selectFrom('setup_link')
    .select('expires_at')
    .where('digest', '=', digestOf(token))
    .where('used_at', 'is', null)
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()
  if (!link) throw wrongLink()
  return { expiresAt: link.expires_at }
}

export type SetupInput = {
  readonly token: string
  readonly administrator: { readonly name: string; readonly email: string; readonly password: string }
  readonly organization: {
    readonly name: string
    readonly primaryDomain: string
    readonly environment: Environment
    readonly emergencyContact: { readonly name: string; readonly email: string; readonly phone: string }
  }
}

/** Makes the first administrator (operator, and super administrator of the first tenant) and signs it in. */
export async function completeSetup(
  input: SetupInput,
  origin: RequestOrigin,
  deps: Deps,
): Promise<{
  readonly tenantId: string
  readonly slug: string
  readonly secret: string
  readonly expiresAt: number
}> {
  await checkSetupLink(input.token, deps)
  requireAddresses(input)
  requireGoodPassword(input)
  const password = await deps.passwords.hash(input.administrator.password)
  const now = deps.clock.now()
  const done = await deps.store.transaction(async (trx) => {
    await useLink(trx, input.token, now)
    const actor = await insertFirstAdministrator(trx, { ...input.administrator, password, now })
    const { from } = origin
    const entry = { action: 'person.created', subject: `administrator ${actor.name}`, before: null }
    const after = { name: actor.name, email: input.administrator.email, operator: true }
    await appendAudit(trx, { tenantId: null, actor, from }, { ...entry, after, at: now })
    const options = { actor, from, input: input.organization, inputPath: '/organization', now }
    const tenant = await insertTenant(trx, options)
    const session = await openSession(trx, { personId: actor.id, ...origin, now })
    return { tenantId: tenant.id, slug: tenant.slug, ...session }
  })
  deps.link.settingsChanged()
  return done
}

/** Whether the first administrator is still to be made. */
export async function isSetupOpen(db: Db): Promise<boolean> {
  return (await db.selectFrom('person').select('id').limit(1).executeTakeFirst()) === undefined
}

/** Two who use the link at once wait here for each other; the second finds it used. */
async function useLink(trx: Trx, token: string, now: number): Promise<void> {
  const link = await trx
    .updateTable('setup_link')
    .set({ used_at: now })
    .where('digest', '=', digestOf(token))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('digest')
    .executeTakeFirst()
  if (!(await isSetupOpen(trx))) throw problem('setup-closed')
  if (!link) throw wrongLink()
}

async function insertFirstAdministrator(
  trx: Trx,
  person: { readonly name: string; readonly email: string; readonly password: string; readonly now: number },
): Promise<Extract<Actor, { kind: 'person' }>> {
  const id = newId('adm', person.now)
  await trx
    .insertInto('person')
    .values({
      id,
      email: person.email,
      email_key: addressKey(person.email),
      name: person.name,
      password: person.password,
      operator: 1,
      created_at: person.now,
      updated_at: person.now,
    })
    .execute()
  return { kind: 'person', id, name: person.name }
}

function requireAddresses({ administrator, organization }: SetupInput): void {
  const errors = [
    { path: '/administrator/email', text: administrator.email },
    { path: '/organization/emergencyContact/email', text: organization.emergencyContact.email },
  ]
    .filter(({ text }) => (mailboxOf(text)?.domain ?? '') === '')
    .map(({ path, text }) => ({
      path,
      message: `“${text}” is not an e-mail address; write it like anna@acme.example.`,
    }))
  if (errors.length > 0) throw invalidInput(errors)
}

/** Nobody made rules yet: the defaults count. */
function requireGoodPassword({ administrator, organization }: SetupInput): void {
  const { email, name, password } = administrator
  const known = { email, name, organisation: [organization.name, organization.primaryDomain] }
  const faults = checkPassword(password, defaultPasswordRules, known)
  if (faults.length > 0)
    throw invalidInput(faults.map((message) => ({ path: '/administrator/password', message })))
}

function wrongLink(): Error {
  return problem(
    'setup-link-wrong',
    'This set-up link is not valid any more. ' +
      'Gatepost prints a new one at each start while there is no administrator.',
  )
}
