// A policy as a person writes it, brought into the form that mail is compared by, with what is wrong in it.
import { domainToASCII } from 'node:url'
import type { PolicyDraft, PolicyScope } from '@gatepost/contract/policy.ts'
import type { FieldError } from '@gatepost/contract/problem.ts'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { formatCidr, parseCidr } from '@gatepost/mail/ip.ts'
import { isPublicSuffix } from '#platform/public-suffix.ts'
import type { AddressGroup } from '#policy/rule.ts'
import { readHostPattern } from '#policy/rules/host-name.ts'
import type { OverlapWorld } from '#policy/rules/overlap.ts'
import { worldOf } from '#policy/rules/scope.ts'
import { faultsOf, warningsOf } from '#policy/rules/validate.ts'
import type { DomainSettings } from '#policy/settings.ts'
import type { Db } from '#store/open.ts'
import { routesOf } from '../route/store.ts'
import { groupOf, ruleDraftOf } from './rows.ts'
import { domainNamesOf, groupsOf } from './store.ts'

export type CheckedDraft = {
  readonly draft: PolicyDraft
  readonly errors: readonly FieldError[]
  readonly warnings: readonly string[]
}

/** `routeIds` are the tenant's delivery routes; left out where they do not matter. */
export type DraftWorld = OverlapWorld & { readonly routeIds?: ReadonlySet<string> }

/** What drafts of a tenant are read against. */
export async function worldOfTenant(db: Db, tenantId: string): Promise<DraftWorld> {
  const [names, rows, routes] = await Promise.all([
    domainNamesOf(db, tenantId),
    groupsOf(db, tenantId),
    routesOf(db, tenantId),
  ])
  return { ...overlapWorld(names, rows.map(groupOf)), routeIds: new Set(routes.map(({ id }) => id)) }
}

export function overlapWorld(names: readonly string[], groups: readonly AddressGroup[]): OverlapWorld {
  const domains = names.map((name) => ({ name }) as DomainSettings)
  return { ...worldOf({ domains, groups }), groups: new Map(groups.map((group) => [group.id, group])) }
}

/** Reads a draft whole; every fault is named at once. */
export function checkDraft(written: PolicyDraft, world: DraftWorld): CheckedDraft {
  const errors: FieldError[] = []
  const draft = {
    ...written,
    from: scopeIn(written.from, '/from', errors),
    to: scopeIn(written.to, '/to', errors),
    sourceIps: [...new Set(written.sourceIps.map(rangeIn))],
    hostNames: [...new Set(written.hostNames.map((text) => readHostPattern(text)?.text ?? text))],
    option: optionIn(written.option, { world, errors }),
  } as PolicyDraft
  const about = { world, groupIds: new Set(world.groups.keys()), isPublicSuffix }
  const rule = ruleDraftOf(draft)
  errors.push(...faultsOf(rule, about))
  return { draft, errors, warnings: warningsOf(rule, about) }
}

/** The option with its names in the form they are compared by. */
function optionIn(
  option: PolicyDraft['option'],
  { world, errors }: { readonly world: DraftWorld; readonly errors: FieldError[] },
): PolicyDraft['option'] {
  const listed = (values: readonly string[], path: string) => [
    ...new Set(values.map((value, at) => domainIn(value, `${path}/${at}`, errors))),
  ]
  if ('spfDomains' in option) {
    return {
      ...option,
      spfDomains: listed(option.spfDomains, '/option/spfDomains'),
      dkimDomains: listed(option.dkimDomains, '/option/dkimDomains'),
    }
  }
  if ('routeId' in option && world.routeIds?.has(option.routeId) === false)
    errors.push({ path: '/option/routeId', message: 'Choose one of your delivery routes.' })
  if (!('names' in option)) return option
  const names = option.names.map((name, at) => {
    const bare = domainIn(name, `/option/names/${at}`, errors)
    return name.trim().startsWith('.') ? `.${bare}` : bare
  })
  return { ...option, names: option.level === 'verified' ? [...new Set(names)] : [] }
}

/** An address as its key; the text itself and a fault where it is none. */
export function addressIn(text: string, path: string, errors: FieldError[]): string {
  const mailbox = mailboxOf(text, { toAscii: domainToASCII })
  if (mailbox !== null && mailbox.domain !== '') return addressKey(mailbox)
  errors.push({ path, message: `“${text}” is not an e-mail address. Write it like ann@sender.example.` })
  return text
}

/** A domain in A-labels. A leading `@` or `*.` is dropped: sub-domains are always meant. */
export function domainIn(text: string, path: string, errors: FieldError[]): string {
  const bare = text
    .trim()
    .replace(/^(@|\*\.|\.)/, '')
    .replace(/\.$/, '')
  const parsed = parseDomain(bare, { toAscii: domainToASCII, fullyQualified: true })
  if (parsed.ok) return parsed.value
  errors.push({ path, message: `“${text}” is not a domain name. Write it like sender.example.` })
  return text
}

function scopeIn(scope: PolicyScope, path: string, errors: FieldError[]): PolicyScope {
  if (scope.kind === 'address') {
    return { kind: 'address', address: addressIn(scope.address, `${path}/address`, errors) }
  }
  if (scope.kind !== 'domain') return scope
  return { kind: 'domain', domain: domainIn(scope.domain, `${path}/domain`, errors) }
}

function rangeIn(text: string): string {
  const cidr = parseCidr(text)
  return cidr.ok ? formatCidr(cidr.value) : text
}
