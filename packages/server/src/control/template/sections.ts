// The parts of a template as data: how each is read from an organisation, compared in words, and applied by
// the same use cases that its own pages use, so that each change has its audit entry and revision.

import type { Permission } from '@gatepost/contract/permission.ts'
import type { PolicyDraft } from '@gatepost/contract/policy.ts'
import { retentionClasses } from '@gatepost/contract/retention.ts'
import type { TemplateSection, TemplateSettings } from '@gatepost/contract/template.ts'
import type { AuthDeps } from '../auth/deps.ts'
import { presentProfiles, updateProfile } from '../auth/profile.ts'
import { DEFAULT_PROFILE } from '../auth/profile-store.ts'
import { readSettings } from '../auth/settings-store.ts'
import { setPasswordRules } from '../auth/sign-in-settings.ts'
import { createPolicy, enablePolicy, updatePolicy } from '../policy/policy.ts'
import { draftOf, type PolicyRow } from '../policy/rows.ts'
import { getRetention, setRetention } from '../retention/retention.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { getAutoAllow, setAutoAllow } from '../sender/auto-allow.ts'
import { getTenant, updateTenant } from '../tenant/tenant.ts'

export type TemplateDeps = ControlDeps & AuthDeps

type Key = keyof TemplateSettings
type Value<Name extends Key> = NonNullable<TemplateSettings[Name]>

export type Section<Name extends Key = Key> = {
  readonly name: TemplateSection
  readonly key: Name
  readonly title: string
  /** What the asker has to hold in the organisation to apply it. */
  readonly needs: Permission
  /** What the organisation has, as far as the template speaks of it; all of it where `asked` is null. */
  read(scope: Scope, asked: Value<Name> | null, deps: TemplateDeps): Promise<Value<Name>>
  /** In a few words, for a table. */
  words(value: Value<Name>): string
  apply(scope: Scope, value: Value<Name>, deps: TemplateDeps): Promise<unknown>
}

const REASON = 'by template'

const environment: Section<'environment'> = {
  name: 'environment',
  key: 'environment',
  title: 'Environment',
  needs: 'tenant:write',
  read: async (scope, _asked, deps) => (await getTenant(scope, deps)).environment,
  words: (value) => value,
  apply: (scope, value, deps) =>
    updateTenant(scope, { change: { environment: value }, expected: null }, deps),
}

const contact: Section<'emergencyContact'> = {
  name: 'emergency-contact',
  key: 'emergencyContact',
  title: 'Emergency contact',
  needs: 'tenant:write',
  read: async (scope, _asked, deps) => (await getTenant(scope, deps)).emergencyContact,
  words: ({ name, email }) => (email === '' ? 'none' : `${name}, ${email}`),
  apply: (scope, value, deps) =>
    updateTenant(scope, { change: { emergencyContact: value }, expected: null }, deps),
}

const retention: Section<'retention'> = {
  name: 'retention',
  key: 'retention',
  title: 'Retention',
  needs: 'retention:write',
  async read(scope, asked, deps) {
    const { items } = await getRetention(scope, deps)
    // In the order that was asked for, so that equal ones compare as equal.
    if (asked === null) return items.map((item) => ({ class: item.class, days: item.days }))
    return asked.map((wanted) => ({
      class: wanted.class,
      days: items.find((item) => item.class === wanted.class)?.days ?? null,
    }))
  },
  words: (value) =>
    value
      .map(
        (item) =>
          `${retentionClasses[item.class].name} ${item.days === null ? 'for ever' : `${item.days} days`}`,
      )
      .join(', ') || 'nothing',
  async apply(scope, value, deps) {
    for (const item of value) await setRetention(scope, item, deps)
  },
}

const passwords: Section<'passwordRules'> = {
  name: 'password-rules',
  key: 'passwordRules',
  title: 'Password rules',
  needs: 'sign-in:write',
  read: async ({ tenantId }, _asked, { store }) => (await readSettings(store.db, tenantId)).rules,
  words: ({ minLength, classes, expiryDays, lockoutAttempts }) =>
    `${minLength} characters, ${classes} kinds, ${expiryDays === 0 ? 'no expiry' : `${expiryDays} days`}, ` +
    `locks after ${lockoutAttempts}`,
  apply: (scope, rules, deps) => setPasswordRules(scope, { rules, ifMatch: null }, deps),
}

const secondFactor: Section<'secondFactor'> = {
  name: 'second-factor',
  key: 'secondFactor',
  title: 'Second factor',
  needs: 'sign-in:write',
  read: async ({ tenantId }, _asked, { store }) => (await defaultProfile(tenantId, store)).secondFactor,
  words: (value) => ({ always: 'always', outside: 'from outside', never: 'not asked for' })[value],
  async apply(scope, value, deps) {
    const {
      id,
      kind: _kind,
      groups: _groups,
      revision: _revision,
      ...draft
    } = await defaultProfile(scope.tenantId, deps.store)
    const changed = { ...draft, secondFactor: value, groups: [] }
    return updateProfile(scope, { id, draft: changed, ifMatch: null, isOperator: true }, deps)
  },
}

const greylisting: Section<'greylisting'> = {
  name: 'greylisting',
  key: 'greylisting',
  title: 'Greylisting',
  needs: 'policies:write',
  read: async ({ tenantId }, _asked, { store }) =>
    (await policiesOf(tenantId, store)).some((row) => row.type === 'greylisting' && row.enabled === 1),
  words: (value) => (value ? 'on' : 'off'),
  async apply(scope, value, deps) {
    const rows = (await policiesOf(scope.tenantId, deps.store)).filter(({ type }) => type === 'greylisting')
    const isDefault = rows.find(({ origin }) => origin === 'default') ?? rows[0]
    // Off means that none is on; on, that the one made with the organisation is.
    const changed = value ? (isDefault ? [isDefault] : []) : rows
    for (const { id, enabled } of changed) {
      if ((enabled === 1) === value) continue
      await enablePolicy(scope, { id, enabled: value, reason: REASON, expected: null }, deps)
    }
  },
}

const autoAllow: Section<'autoAllow'> = {
  name: 'auto-allow',
  key: 'autoAllow',
  title: 'Auto allow',
  needs: 'senders:write',
  async read(scope, _asked, deps) {
    const { enabled, days, samplePercent } = await getAutoAllow(scope, deps)
    return { enabled, days, samplePercent }
  },
  words: ({ enabled, days, samplePercent }) =>
    enabled ? `${days} days, ${samplePercent} % screened all the same` : 'off',
  apply: (scope, value, deps) => setAutoAllow(scope, { ...value, expected: null }, deps),
}

const policies: Section<'policies'> = {
  name: 'policies',
  key: 'policies',
  title: 'Policies',
  needs: 'policies:write',
  async read({ tenantId }, asked, { store }) {
    const rows = await policiesOf(tenantId, store)
    if (asked === null) return rows.filter(isPortable).map(draftOf)
    return asked.flatMap((wanted) => {
      const row = rows.find((one) => isSame(one, wanted))
      return row === undefined ? [] : [draftOf(row)]
    })
  },
  words: (value) => value.map(({ name, enabled }) => (enabled ? name : `${name} (off)`)).join(', ') || 'none',
  async apply(scope, value, deps) {
    const rows = await policiesOf(scope.tenantId, deps.store)
    for (const draft of value) {
      const row = rows.find((one) => isSame(one, draft))
      if (row === undefined) await createPolicy(scope, { draft, reason: REASON }, deps)
      else await updatePolicy(scope, { id: row.id, draft, reason: REASON, expected: null }, deps)
    }
  },
}

/** Whether whoever holds these permissions in an organisation may see what a section has there. */
export function mayRead({ needs }: Pick<Section, 'needs'>, held: readonly Permission[]): boolean {
  return held.includes(readingOf(needs))
}

export function readingOf(needs: Permission): Permission {
  return needs.replace(/:write$/, ':read') as Permission
}

export const sections = [
  environment,
  contact,
  retention,
  passwords,
  secondFactor,
  greylisting,
  autoAllow,
  policies,
] as unknown as readonly Section[]

async function defaultProfile(tenantId: string, store: TemplateDeps['store']) {
  const profiles = await presentProfiles(store.db, tenantId)
  return profiles.find(({ id }) => id === DEFAULT_PROFILE)!
}

function policiesOf(tenantId: string, store: TemplateDeps['store']): Promise<PolicyRow[]> {
  return store.db
    .selectFrom('policy')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('type')
    .orderBy('name')
    .orderBy('id')
    .execute()
}

function isSame(row: PolicyRow, { type, name }: PolicyDraft): boolean {
  return row.type === type && row.name === name
}

/** Groups, domains and users are an organisation's own: what names them means nothing elsewhere. */
function isPortable(row: PolicyRow): boolean {
  if (row.origin !== 'person') return false
  const { from, to } = draftOf(row)
  return [from, to].every(({ kind }) => kind === 'everyone' || kind === 'internal' || kind === 'external')
}
