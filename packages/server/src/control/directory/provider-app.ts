// The operator's application at Microsoft for all organisations (V1): set once, its secret sealed, lent to
// the connectors of organisations that consented.
import type { ConnectorSettings } from '@gatepost/contract/directory.ts'
import type { ProviderApp, ProviderAppChange } from '@gatepost/contract/provider-app.ts'
import {
  credentialExpiresAt,
  credentialOf,
  endpointsOfCloud,
  shapeFault,
} from '@gatepost/directory/entra-settings.ts'
import { DirectoryFault } from '@gatepost/directory/entry.ts'
import type { SecretBox } from '#platform/secret-box.ts'
import { SYSTEM_TENANT } from '#store/schema.ts'
import { type AuditScope, actorName, appendAudit } from '../audit/audit.ts'
import { invalidInput } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import {
  countConsents,
  deleteApp,
  deleteConsents,
  findApp,
  findConsent,
  type ProviderAppRow,
  putApp,
} from './provider-app-store.ts'
import { type ConnectorRow, settingsOf } from './store.ts'

const PLACE = { tenantId: SYSTEM_TENANT, column: 'provider_app.secret', id: 'entra' } as const
const SUBJECT = 'application at Microsoft'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'secrets'> & { readonly url: string }

/** Where Microsoft sends the browser after the consent. */
export const redirectUriOf = (url: string): string => new URL('entra/consent', url).href

export async function getProviderApp({ store, url }: Pick<Deps, 'store' | 'url'>): Promise<ProviderApp> {
  const [row, consents] = await Promise.all([findApp(store.db), countConsents(store.db)])
  return { app: row === null ? null : shown(row), redirectUri: redirectUriOf(url), consents }
}

function shown(row: ProviderAppRow): NonNullable<ProviderApp['app']> {
  return {
    clientId: row.client_id,
    cloud: row.cloud,
    credential: row.credential,
    secretSetAt: row.secret_set_at,
    secretExpiresAt: row.secret_expires_at,
  }
}

/** Throws `invalid-input` for what cannot be an application or its secret. */
export async function setProviderApp(
  scope: AuditScope,
  change: ProviderAppChange,
  deps: Deps,
): Promise<ProviderApp> {
  const { store, clock, secrets } = deps
  await store.transaction(async (trx) => {
    const before = await findApp(trx)
    const secret = change.secret ?? (before === null ? '' : openAppSecret(before, secrets))
    const clientId = change.clientId.toLowerCase()
    const credential = credentialOf(change.credential, secret, change.secretExpiresAt)
    const wrong = shapeFault({
      endpoints: endpointsOfCloud[change.cloud],
      tenant: 'any.example',
      clientId,
      credential,
      guests: false,
      attributes: [],
    })
    if (wrong !== null) {
      const path = wrong.code === 'client-id-shape' ? '/clientId' : '/secret'
      throw invalidInput([{ path, message: `${wrong.saw} ${wrong.remedy}` }])
    }
    const now = clock.now()
    const isNewSecret = change.secret !== undefined || before === null
    const row = {
      client_id: clientId,
      cloud: change.cloud,
      credential: change.credential,
      secret: isNewSecret ? secrets.seal(secret, PLACE) : before.secret,
      secret_set_at: isNewSecret ? now : before.secret_set_at,
      secret_expires_at: credentialExpiresAt({ credential }),
      updated_at: now,
      updated_by: actorName(scope.actor),
    }
    await putApp(trx, row)
    // Whoever consented did so to another application, maybe in another cloud.
    const isOther = before !== null && (before.client_id !== clientId || before.cloud !== change.cloud)
    if (isOther) await deleteConsents(trx)
    await appendAudit(trx, scope, {
      action: 'entra-app.set',
      subject: SUBJECT,
      before: before === null ? null : shown(before),
      after: { ...shown({ id: 'entra', ...row }), ...(isNewSecret ? { secret: 'set' } : {}) },
      at: now,
    })
  })
  return getProviderApp(deps)
}

export async function removeProviderApp(scope: AuditScope, { store, clock }: Deps): Promise<void> {
  await store.transaction(async (trx) => {
    const before = await findApp(trx)
    if (before === null) return
    await deleteApp(trx)
    const event = { action: 'entra-app.removed', subject: SUBJECT, before: shown(before), after: null }
    await appendAudit(trx, scope, { ...event, at: clock.now() })
  })
}

function openAppSecret(row: Pick<ProviderAppRow, 'secret'>, secrets: SecretBox): string {
  return secrets.open(row.secret, PLACE)
}

/** Whether a connector signs in with the operator's application, so that it needs no secret of its own. */
export function usesProviderApp(row: Pick<ConnectorRow, 'settings'>): boolean {
  const settings = settingsOf(row)
  return settings.kind === 'entra' && settings.app === 'provider'
}

type Lent = { readonly settings: ConnectorSettings; readonly secret: string | null }

/**
 * What a connector signs in with: its own values, or, where it uses the operator's application, that one for
 * the tenant of Microsoft that this very organisation consented for. Throws `DirectoryFault`.
 */
export async function withProviderApp(
  tenantId: string,
  own: Lent,
  { store, secrets }: Pick<ControlDeps, 'store' | 'secrets'>,
): Promise<Lent> {
  const { settings } = own
  if (settings.kind !== 'entra' || settings.app !== 'provider') return own
  const [app, consent] = await Promise.all([findApp(store.db), findConsent(store.db, tenantId)])
  if (app === null)
    throw new DirectoryFault({
      step: 'sign-in',
      code: 'no-provider-app',
      saw: 'The operator of this gateway offers no application at Microsoft any more.',
      remedy: 'Use an application of your own, or ask the operator.',
    })
  if (consent === null || consent.client_id !== app.client_id)
    throw new DirectoryFault({
      step: 'sign-in',
      code: 'no-consent',
      saw: 'Nobody has consented to the operator’s application for this organisation.',
      remedy: 'Open the directory’s settings and follow “Consent at Microsoft”.',
    })
  return {
    settings: {
      ...settings,
      tenantDomain: consent.entra_tenant,
      clientId: app.client_id,
      cloud: app.cloud,
      credential: app.credential,
      secretExpiresAt: app.secret_expires_at,
    },
    secret: openAppSecret(app, secrets),
  }
}
