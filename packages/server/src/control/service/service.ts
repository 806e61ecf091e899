// Trusted services: one object that makes its policies together and takes them away together (S7).
import type { Message } from '@gatepost/contract/message.ts'
import type { FieldError } from '@gatepost/contract/problem.ts'
import type { ServiceDraft, ServiceProposal, TrustedService } from '@gatepost/contract/service.ts'
import { SERVICES_MAX } from '@gatepost/contract/service.ts'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { parseCidr } from '@gatepost/mail/ip.ts'
import { isPublicSuffix, registrableDomainOf } from '#platform/public-suffix.ts'
import { newId } from '#platform/random.ts'
import { readHostPattern } from '#policy/rules/host-name.ts'
import { sharedCloudOf } from '#policy/shared-clouds.ts'
import type { Db, Trx } from '#store/open.ts'
import { validatedNames } from '../domain/store.ts'
import { checkDraft, worldOfTenant } from '../policy/draft.ts'
import type { PolicyRow } from '../policy/rows.ts'
import { draftOf, type GroupNames } from '../policy/rows.ts'
import { groupNamesOf, policiesMadeFor } from '../policy/store.ts'
import { optionText } from '../policy/text.ts'
import { deletePolicy, insertPolicy } from '../policy/write.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'
import { hostPatternOf } from '../spoofing/exemptions.ts'
import { catalogue, knownServiceOf } from './catalogue.ts'
import { insideSenders, policyDraftsOf } from './drafts.ts'
import { deleteService, findService, insertService, type ServiceRow, servicesOf } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

export async function listServices(scope: Scope, { store }: Pick<Deps, 'store'>) {
  const rows = await servicesOf(store.db, scope.tenantId)
  const items = await Promise.all(rows.map((row) => shown(store.db, row)))
  const known = catalogue.map((service) => ({ ...service, domains: [...service.domains] }))
  return { items, catalogue: known }
}

/** Trusts a service. Throws `invalid-input` with every fault, `limit-reached`. */
export async function addService(
  scope: Scope,
  input: { readonly draft: ServiceDraft; readonly reason: string },
  { store, clock, link }: Deps,
): Promise<TrustedService> {
  const row = await store.transaction(async (trx) => {
    if ((await servicesOf(trx, scope.tenantId)).length >= SERVICES_MAX) throw problem('limit-reached')
    const domains = [...(await validatedNames(trx, scope.tenantId))]
    const service = readService(input.draft, domains)
    const at = clock.now()
    const after = {
      ...service,
      grants: Object.entries(service.grants).flatMap(([name, is]) => (is ? name : [])),
    }
    const revision = await changeSettings(trx, scope, {
      action: 'service.added',
      subject: `trusted service ${service.name}`,
      before: null,
      after,
      ...(input.reason === '' ? {} : { reason: input.reason }),
      at,
    })
    const made: ServiceRow = {
      id: newId('svc', at),
      tenant_id: scope.tenantId,
      name: service.name,
      catalogue: service.catalogue,
      identity: service.identity,
      value: service.value,
      senders: JSON.stringify(service.senders),
      comment: service.comment,
      created_at: at,
      created_by: scope.actor.name,
      revision,
    }
    await insertService(trx, made)
    await makePolicies(trx, scope, { service, row: made, domains, reason: input.reason, at })
    return made
  })
  link.settingsChanged()
  return shown(store.db, row)
}

/** Trusts it no more: its policies go with it. */
export async function removeService(scope: Scope, id: string, { store, clock, link }: Deps): Promise<void> {
  await store.transaction(async (trx) => {
    const row = await findService(trx, scope.tenantId, id)
    if (!row) throw problem('not-found', `There is no trusted service “${id}” here.`)
    const at = clock.now()
    const before = { name: row.name, identity: row.identity, value: row.value }
    await changeSettings(trx, scope, {
      action: 'service.removed',
      subject: `trusted service ${row.name}`,
      before,
      after: null,
      at,
    })
    for (const policy of await policiesMadeFor(trx, scope.tenantId, id)) {
      await deletePolicy(trx, scope, { row: policy, reason: `${row.name} is trusted no more`, at })
    }
    await deleteService(trx, row)
  })
  link.settingsChanged()
}

/** A draft made of a message that was seen: what it is surest recognised by, and what it needs. */
export async function proposeService(
  scope: Scope,
  message: Message,
  { store }: Pick<Deps, 'store'>,
): Promise<ServiceProposal> {
  const domains = [...(await validatedNames(store.db, scope.tenantId))]
  const senders = [...new Set([message.author, message.reversePath].flatMap((one) => one ?? []))]
  const isOwn = (name: string): boolean => domains.some((own) => name === own || name.endsWith(`.${own}`))
  const signer = signersOf(message).find((name) => !isOwn(name))
  const name = message.client?.name ?? null
  const ip = message.client?.ip ?? null
  const cloud = ip === null ? null : sharedCloudOf(ip)
  const identity =
    signer !== undefined
      ? ({ identity: 'dkim', value: signer } as const)
      : name !== null && cloud === null
        ? ({ identity: 'host', value: hostPatternOf(name) } as const)
        : ip !== null && cloud === null
          ? ({ identity: 'ip', value: ip } as const)
          : ({ identity: 'from', value: senders[0] ?? '' } as const)
  const service = knownServiceOf(signer ?? name ?? '')
  const isUsingOurs = senders.some((sender) => isOwn(sender.slice(sender.lastIndexOf('@') + 1)))
  return {
    draft: {
      name:
        service?.name ?? registrableDomainOf(signer ?? name ?? senders[0]?.split('@').at(-1) ?? 'Service'),
      ...identity,
      senders,
      grants: { permit: true, spoofing: isUsingOurs && identity.identity !== 'from', displayName: true },
      catalogue: service?.key ?? null,
      comment: '',
    },
    notes: [
      ...(signer === undefined
        ? ['Nobody else signed the message.']
        : [`${signer} signed the message validly.`]),
      ...(name === null ? ['The host has no verified name.'] : [`The host is ${name}.`]),
      ...(cloud === null ? [] : [`The address belongs to ${cloud}, which sends for everybody.`]),
      ...(isUsingOurs ? ['It uses an address of yours as sender.'] : []),
    ],
  }
}

async function makePolicies(
  trx: Trx,
  scope: Scope,
  made: {
    readonly service: ServiceDraft
    readonly row: ServiceRow
    readonly domains: readonly string[]
    readonly reason: string
    readonly at: number
  },
): Promise<void> {
  const { service, row, domains, reason, at } = made
  const world = await worldOfTenant(trx, scope.tenantId)
  const groups: GroupNames = await groupNamesOf(trx, scope.tenantId)
  for (const written of policyDraftsOf(service, { domains })) {
    const { draft, errors } = checkDraft(written, world)
    if (errors.length > 0) {
      throw invalidInput(errors.map(({ message }) => ({ path: '/draft/value', message })))
    }
    await insertPolicy(trx, scope, { draft, origin: 'service', originId: row.id, reason, groups, at })
  }
}

/** The draft in the form that mail is compared by. Throws `invalid-input`. */
function readService(draft: ServiceDraft, domains: readonly string[]): ServiceDraft {
  const errors: FieldError[] = []
  const value = identityValue(draft, errors)
  const senders = [
    ...new Set(draft.senders.map((sender, at) => senderOf(sender, `/draft/senders/${at}`, errors))),
  ]
  const service = { ...draft, value, senders }
  const { grants, identity } = service
  if (!grants.permit && !grants.spoofing && !grants.displayName) {
    errors.push({ path: '/draft/grants', message: 'Choose at least one thing the service may do.' })
  }
  if (grants.spoofing && identity === 'from') {
    const message = 'Anybody can write this sender: name a signing domain, a host or an address instead.'
    errors.push({ path: '/draft/identity', message })
  }
  if (identity === 'from' && insideSenders({ ...service, senders: [value] }, { domains }).length > 0) {
    errors.push({
      path: '/draft/value',
      message: 'A sender of your own domain cannot be trusted by its name.',
    })
  }
  if (errors.length > 0) throw invalidInput(errors)
  return service
}

function identityValue({ identity, value }: ServiceDraft, errors: FieldError[]): string {
  const fault = (message: string): string => {
    errors.push({ path: '/draft/value', message })
    return value
  }
  switch (identity) {
    case 'dkim': {
      const domain = parseDomain(value.toLowerCase())
      if (!domain.ok || isPublicSuffix(domain.value)) return fault('Write the signing domain.')
      return domain.value
    }
    case 'host':
      return readHostPattern(value)?.text ?? fault('Write a host name such as ms*.ssmx.net.')
    case 'ip':
      return parseCidr(value.includes('/') ? value : `${value}/${value.includes(':') ? 128 : 32}`).ok
        ? value
        : fault('Write an IP address or a range.')
    case 'from':
      return senderOf(value, '/draft/value', errors)
  }
}

function senderOf(text: string, path: string, errors: FieldError[]): string {
  if (text.includes('@')) {
    const mailbox = mailboxOf(text)
    if (mailbox !== null) return text.trim().toLowerCase()
  } else {
    const domain = parseDomain(text.trim().toLowerCase())
    if (domain.ok && !isPublicSuffix(domain.value)) return domain.value
  }
  errors.push({ path, message: `“${text}” is neither an address nor a domain.` })
  return text
}

/** Who signed validly, as the explanation tells. */
function signersOf({ explanation }: Pick<Message, 'explanation'>): readonly string[] {
  const saw = explanation.find(({ policy }) => policy === 'authentication')?.saw ?? ''
  return [...saw.matchAll(/dkim=pass \(([^)]+)\)/g)].map(([, domain]) => domain!)
}

async function shown(db: Db, row: ServiceRow): Promise<TrustedService> {
  const policies = await policiesMadeFor(db, row.tenant_id, row.id)
  return {
    id: row.id,
    name: row.name,
    identity: row.identity,
    value: row.value,
    senders: JSON.parse(row.senders) as string[],
    catalogue: row.catalogue,
    comment: row.comment,
    policies: policies.map(shownPolicy),
    createdAt: Number(row.created_at),
    createdBy: row.created_by,
    revision: Number(row.revision),
  }
}

function shownPolicy(row: PolicyRow): TrustedService['policies'][number] {
  const draft = draftOf(row)
  return { id: row.id, type: draft.type, name: row.name, enabled: row.enabled === 1, text: optionText(draft) }
}
