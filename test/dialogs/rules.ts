// Lines of a dialog that say what administrators and recipients decided: rules, groups and personal lists.
import { managedSenderKey, managedSenderValue } from '@gatepost/server/link/managed-sender.ts'
import type { PolicyRule, RuleOptions, RuleType, Scope } from '@gatepost/server/policy/rule.ts'
import type { FakeHolder } from './fakes.ts'

/** Words of `rule`, up to the next of them. */
const WORDS = new Set([
  'from',
  'to',
  'by',
  'ip',
  'host',
  'until',
  'since',
  'override',
  'both-ways',
  'authenticated',
])

const OPTIONS: { readonly [Name in RuleType]: (action: string, isProof: boolean) => RuleOptions[Name] } = {
  'permitted-senders': (action, onlyIfAuthenticated) => ({ action: action as 'permit', onlyIfAuthenticated }),
  'blocked-senders': (action) => ({ action: action as 'block' }),
  greylisting: (action) => ({ action: action as 'apply' }),
  'anti-spoofing': (action, acceptAligned) => ({
    action: action as 'refuse',
    acceptAligned,
    spfDomains: [],
    dkimDomains: [],
  }),
  'display-name': (action) => ({ action: action as 'hold', whenAuthenticated: action as 'hold' }),
  authentication: (action) => ({
    spfFail: action as 'none',
    dkimFail: 'none',
    dmarcFail: 'none',
    noneFound: 'none',
  }),
  'auto-allow': (action) => ({ action: action as 'create' }),
  'dkim-signing': (action) => ({ action: action as 'sign' }),
  'delivery-route': (routeId) => ({ routeId }),
  'secure-delivery': (level) => ({ level: level as 'dane', names: [] }),
  'secure-receipt': (action) => ({ action: action as 'enforce', version: '1.2' }),
  // `scan`, `none`, or what becomes of mail while the scanner is away: `defer`, `hold`, `deliver`.
  'virus-scanning': (action) => ({
    action: action === 'none' ? 'none' : 'scan',
    infected: 'reject',
    notChecked: 'hold',
    unavailable: action === 'hold' || action === 'deliver' ? action : 'defer',
  }),
  'attachment-handling': (action) => ({
    dangerous: action as 'hold',
    script: action as 'hold',
    macro: action as 'hold',
    encrypted: action as 'hold',
    disguised: action as 'hold',
    unreadable: action as 'hold',
  }),
  'spam-scanning': (action) => ({ action: action as 'hold', level: 'moderate' }),
  'first-contact': (action) => ({
    action: action as 'tag',
    measure: 'recipient',
    learnDays: 0,
    language: 'en',
  }),
}

/** `rule acme blocked-senders block from sender.example to internal`; later lines are newer rules. */
export function addRule(holder: FakeHolder, text: string, now: number): void {
  const [tenantId = '', type = '', action = '', ...rest] = text.split(/\s+/)
  const parts = new Map<string, string[]>()
  let word = ''
  for (const item of rest) {
    if (WORDS.has(item)) {
      word = item
      parts.set(word, [])
    } else parts.get(word)?.push(item)
  }
  const first = (name: string): string => parts.get(name)?.[0] ?? 'everyone'
  const tenant = change(holder, tenantId)
  const rules = tenant.rules ?? []
  const ends = parts.get('until')?.[0]
  const begins = parts.get('since')?.[0]
  const rule = {
    id: `pol_${rules.length + 1}`,
    type: type as RuleType,
    name: text,
    from: scopeOf(first('from')),
    to: scopeOf(first('to')),
    addressesBasedOn: (parts.get('by')?.[0] ?? 'envelope') as 'envelope',
    bidirectional: parts.has('both-ways'),
    sourceIps: parts.get('ip') ?? [],
    hostNames: parts.get('host') ?? [],
    validFrom: begins === undefined ? null : now + Number.parseInt(begins, 10) * 1_000,
    validUntil: ends === undefined ? null : now + Number.parseInt(ends, 10) * 1_000,
    override: parts.has('override'),
    createdAt: rules.length + 1,
    option: OPTIONS[type as RuleType](action, parts.has('authenticated')),
  } as PolicyRule
  holder.tenants[tenant.at] = { ...tenant.settings, rules: [...rules, rule] }
}

/** `group acme friends: bob@sender.example partner.example`. */
export function addGroup(holder: FakeHolder, text: string): void {
  const [head = '', members = ''] = text.split(':')
  const [tenantId = '', name = ''] = head.trim().split(/\s+/)
  const entries = members.trim().split(/\s+/).filter(Boolean)
  const tenant = change(holder, tenantId)
  const group = {
    id: name,
    name,
    addresses: entries.filter((entry) => entry.includes('@')),
    domains: entries.filter((entry) => !entry.includes('@')),
  }
  holder.tenants[tenant.at] = { ...tenant.settings, groups: [...(tenant.settings.groups ?? []), group] }
}

/** `list ann@acme.example blocks sender.example`; also `permits` and `learned`, each with `authenticated`. */
export function addEntry(holder: FakeHolder, text: string): void {
  const [user = '', verb = '', sender = '', proof = ''] = text.split(/\s+/)
  const value = managedSenderValue({
    action: verb === 'blocks' ? 'block' : 'permit',
    source: verb === 'learned' ? 'auto-allow' : 'manual',
    onlyIfAuthenticated: proof === 'authenticated',
    expiresAt: null,
  })
  holder.entries.set(`managed-sender ${managedSenderKey(user, sender)}`, value as never)
}

function change(holder: FakeHolder, tenantId: string) {
  const at = holder.tenants.findIndex((tenant) => tenant.tenantId === tenantId)
  const settings = holder.tenants[at]
  if (settings === undefined) throw new Error(`no tenant ${tenantId} before this line`)
  return { at, settings, rules: settings.rules }
}

function scopeOf(text: string): Scope {
  if (text === 'everyone' || text === 'internal' || text === 'external' || text === 'free-mail') {
    return { kind: text }
  }
  if (text.startsWith('group:')) return { kind: 'group', groupId: text.slice(6) }
  return text.includes('@') ? { kind: 'address', address: text } : { kind: 'domain', domain: text }
}
