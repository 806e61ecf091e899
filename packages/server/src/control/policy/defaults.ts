// Policies that every organisation and every domain begins with (behaviour §5.5, §7.1): made once, and not
// again when somebody removed them.
import type { PolicyDraft } from '@gatepost/contract/policy.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'
import { type GroupNames, groupColumnsOf } from './rows.ts'
import { outboundScreeningDrafts, screeningDrafts } from './screening-defaults.ts'
import {
  domainsOfTenant,
  insertGroupRow,
  insertPolicyRow,
  markDefault,
  policiesMadeFor,
  tenantsWithoutDefaults,
} from './store.ts'
import { deletePolicy, keepRevision, newRow } from './write.ts'

const REASON = 'made with the organisation'
/** Organisations that get their defaults in one go at start; the next round takes the rest. */
const TENANTS_PER_ROUND = 100

/** The revision of the organisation's or domain's own making stands for its defaults too. */
type Made = { readonly at: number; readonly revision: number }
type DefaultGroup = { readonly name: string; readonly description: string }

/** Makes the defaults of a new organisation. Part of its transaction. */
export async function insertTenantDefaults(trx: Trx, scope: Scope, made: Made): Promise<void> {
  const permitted = await insertGroup(trx, scope, PERMITTED, made)
  const blocked = await insertGroup(trx, scope, BLOCKED, made)
  const forwarding = await insertGroup(trx, scope, FORWARDING, made)
  const groups: GroupNames = new Map([
    [permitted, PERMITTED.name],
    [blocked, BLOCKED.name],
    [forwarding, FORWARDING.name],
  ])
  for (const { draft, locked } of tenantDrafts({ permitted, blocked, forwarding })) {
    await insertDefault(trx, scope, { draft, locked, originId: null, groups, made })
  }
  await markDefault(trx, { tenantId: scope.tenantId, name: 'organisation', at: made.at })
  for (const name of Object.keys(SCREENING) as ScreeningSet[])
    await insertScreeningDefaults(trx, scope, { name, made })
}

/** The policies on content; apart, since organisations of an earlier release have the others. */
const SCREENING = { screening: screeningDrafts, 'outbound-screening': outboundScreeningDrafts } as const
type ScreeningSet = keyof typeof SCREENING

async function insertScreeningDefaults(
  trx: Trx,
  scope: Scope,
  { name, made }: { readonly name: ScreeningSet; readonly made: Made },
): Promise<void> {
  for (const draft of SCREENING[name]) {
    await insertDefault(trx, scope, { draft, locked: false, originId: null, groups: new Map(), made })
  }
  await markDefault(trx, { tenantId: scope.tenantId, name, at: made.at })
}

/** Makes the anti-spoofing policy of a new domain (F3). Part of its transaction. */
export async function insertDomainDefaults(
  trx: Trx,
  scope: Scope,
  domain: Made & { readonly id: string; readonly name: string },
): Promise<void> {
  const { id, name, ...made } = domain
  const draft = domainDraft(name)
  await insertDefault(trx, scope, { draft, locked: false, originId: id, groups: new Map(), made })
  await markDefault(trx, { tenantId: scope.tenantId, name: `domain:${id}`, at: made.at })
}

/** Removes what was made with a domain that is removed. */
export async function removeDomainDefaults(
  trx: Trx,
  scope: Scope,
  domain: { readonly id: string; readonly at: number },
): Promise<void> {
  for (const row of await policiesMadeFor(trx, scope.tenantId, domain.id)) {
    if (row.origin === 'default') {
      await deletePolicy(trx, scope, { row, reason: 'its domain was removed', at: domain.at })
    }
  }
}

/** Gives organisations of an earlier release their defaults, once. Called at start. */
export async function ensureDefaults({
  store,
  clock,
}: Pick<ControlDeps, 'store' | 'clock'>): Promise<number> {
  const all = await ensureEach(store, 'organisation', async (trx, scope) => {
    const made = await recordDefaults(trx, scope, clock.now())
    await insertTenantDefaults(trx, scope, made)
    for (const { id, name } of await domainsOfTenant(trx, scope.tenantId)) {
      await insertDomainDefaults(trx, scope, { id, name, ...made })
    }
  })
  let screening = 0
  for (const name of Object.keys(SCREENING) as ScreeningSet[]) {
    screening += await ensureEach(store, name, async (trx, scope) =>
      insertScreeningDefaults(trx, scope, { name, made: await recordDefaults(trx, scope, clock.now()) }),
    )
  }
  return all + screening
}

/** Calls `make` once for each organisation that lacks the defaults of a name, in a transaction each. */
async function ensureEach(
  store: ControlDeps['store'],
  name: 'organisation' | ScreeningSet,
  make: (trx: Trx, scope: Scope) => Promise<void>,
): Promise<number> {
  let made = 0
  for (;;) {
    const tenantIds = await tenantsWithoutDefaults(acrossTenants(store.db), name, TENANTS_PER_ROUND)
    for (const tenantId of tenantIds) {
      const scope: Scope = { tenantId, actor: { kind: 'system', name: 'Gatepost' }, from: 'internal' }
      await store.transaction((trx) => make(trx, scope))
      made += 1
    }
    if (tenantIds.length < TENANTS_PER_ROUND) return made
  }
}

async function recordDefaults(trx: Trx, scope: Scope, at: number): Promise<Made> {
  const after = { policies: 'the defaults of an organisation' }
  const event = { action: 'policy.created', subject: 'default policies', before: null, after }
  return { at, revision: await changeSettings(trx, scope, { ...event, reason: REASON, at }) }
}

const PERMITTED: DefaultGroup = {
  name: 'Permitted senders',
  description: 'Senders the default policy permits: they skip greylisting and spam screening.',
}
const BLOCKED: DefaultGroup = {
  name: 'Blocked senders',
  description: 'Senders the default policy refuses.',
}
const FORWARDING: DefaultGroup = {
  name: 'Forwarding addresses',
  description: 'External addresses that mail may be forwarded to, such as those of people who left.',
}

const COMMON = {
  description: '',
  addressesBasedOn: 'both' as const,
  bidirectional: false,
  sourceIps: [],
  hostNames: [],
  validFrom: null,
  validUntil: null,
  override: false,
  enabled: true,
}
const INBOUND = { from: { kind: 'external' }, to: { kind: 'internal' } } as const

function tenantDrafts(groups: {
  readonly permitted: string
  readonly blocked: string
  readonly forwarding: string
}): readonly { readonly draft: PolicyDraft; readonly locked: boolean }[] {
  const group = (groupId: string) => ({ kind: 'group', groupId }) as const
  const drafts: readonly PolicyDraft[] = [
    {
      ...COMMON,
      ...INBOUND,
      type: 'greylisting',
      name: 'Default greylisting',
      description: 'The first contact of an unknown sender is asked to come again.',
      addressesBasedOn: 'envelope',
      option: { action: 'apply' },
    },
    {
      ...COMMON,
      ...INBOUND,
      type: 'authentication',
      name: 'Default authentication',
      description: 'Mail that fails DMARC is treated as its domain asks for.',
      option: { spfFail: 'none', dkimFail: 'none', dmarcFail: 'honour', noneFound: 'none' },
    },
    {
      ...COMMON,
      ...INBOUND,
      type: 'display-name',
      name: 'Default display names',
      description: 'An internal address or name in the display name of an outside author.',
      addressesBasedOn: 'header',
      option: { action: 'hold', whenAuthenticated: 'tag' },
    },
    {
      ...COMMON,
      type: 'permitted-senders',
      name: 'Default permitted senders',
      from: group(groups.permitted),
      to: { kind: 'internal' },
      option: { action: 'permit', onlyIfAuthenticated: true },
    },
    {
      ...COMMON,
      type: 'blocked-senders',
      name: 'Default blocked senders',
      from: group(groups.blocked),
      to: { kind: 'internal' },
      option: { action: 'block' },
    },
    forwardingDraft(group(groups.forwarding)),
  ]
  const relay: PolicyDraft = {
    ...COMMON,
    type: 'blocked-senders',
    name: 'External to external',
    description: 'Keeps the authorised addresses from being an open relay.',
    from: { kind: 'external' },
    to: { kind: 'external' },
    option: { action: 'block' },
  }
  return [{ draft: relay, locked: true }, ...drafts.map((draft) => ({ draft, locked: false }))]
}

/** The way past the policy that nobody can change. */
function forwardingDraft(to: PolicyDraft['to']): PolicyDraft {
  return {
    ...COMMON,
    type: 'blocked-senders',
    name: 'Exception for forwarding addresses',
    description: 'Mail from outside may go to these external addresses.',
    addressesBasedOn: 'envelope',
    from: { kind: 'external' },
    to,
    option: { action: 'none' },
  }
}

function domainDraft(name: string): PolicyDraft {
  return {
    ...COMMON,
    type: 'anti-spoofing',
    name: `Default anti-spoofing of ${name}`.slice(0, 200),
    description: 'Mail from outside that claims this domain is refused, unless it authenticates as it.',
    from: { kind: 'domain', domain: name },
    to: { kind: 'internal' },
    option: { action: 'refuse', acceptAligned: true, spfDomains: [], dkimDomains: [] },
  }
}

async function insertDefault(
  trx: Trx,
  scope: Scope,
  policy: {
    readonly draft: PolicyDraft
    readonly locked: boolean
    readonly originId: string | null
    readonly groups: GroupNames
    readonly made: Made
  },
): Promise<void> {
  const { draft, made } = policy
  const { at, revision } = made
  const row = newRow(scope, { ...policy, origin: 'default', reason: REASON, at }, revision)
  await insertPolicyRow(trx, row)
  const event = { id: row.id, number: revision, action: 'created', before: null, after: draft } as const
  await keepRevision(trx, scope, { ...event, reason: REASON, at })
}

async function insertGroup(
  trx: Trx,
  scope: Scope,
  group: DefaultGroup,
  { at, revision }: Made,
): Promise<string> {
  const id = newId('grp', at)
  const fields = { ...group, addresses: [], domains: [] }
  await insertGroupRow(trx, {
    id,
    tenant_id: scope.tenantId,
    ...groupColumnsOf(fields),
    origin: 'default',
    created_at: at,
    updated_at: at,
    revision,
  })
  const event = { id, number: revision, action: 'created', before: null, after: fields } as const
  await keepRevision(trx, scope, { ...event, reason: REASON, at })
  return id
}
