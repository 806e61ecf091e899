// Rules of anti-spoofing and display names as dialogs write them.
import type { PolicyRule, Scope } from '@gatepost/server/policy/rule.ts'

type Parts = ReadonlyMap<string, readonly string[]>

/**
 * `spoofing refuse` (or `report`, or `strict`, which takes no aligned mail either) for the domain, then
 * `exempt-ip`, `exempt-host`, `exempt-spf` with what they ask for; `display-name hold tag` for what happens
 * and what happens when the author authenticates; `display-name-exempt <author>`.
 */
export function spoofingRulesOf(parts: Parts, domain: string): readonly PolicyRule[] {
  const [action] = parts.get('spoofing') ?? []
  const own: Scope = { kind: 'domain', domain }
  const rules: PolicyRule[] = []
  if (action !== undefined) {
    const option = {
      action: action === 'report' ? 'report' : 'refuse',
      acceptAligned: action !== 'strict',
    } as const
    rules.push(spoofing('default', own, { ...option, spfDomains: [], dkimDomains: [] }))
  }
  const none = { action: 'none', acceptAligned: false, spfDomains: [], dkimDomains: [] } as const
  for (const ip of parts.get('exempt-ip') ?? []) {
    rules.push({ ...spoofing(`ip ${ip}`, own, none), sourceIps: [ip], createdAt: 1 })
  }
  for (const host of parts.get('exempt-host') ?? []) {
    rules.push({ ...spoofing(`host ${host}`, own, none), hostNames: [host], createdAt: 1 })
  }
  for (const name of parts.get('exempt-spf') ?? []) {
    rules.push({ ...spoofing(`spf ${name}`, own, { ...none, spfDomains: [name] }), createdAt: 1 })
  }
  return [...rules, ...displayNameRules(parts)]
}

function displayNameRules(parts: Parts): readonly PolicyRule[] {
  const [plain, authenticated = plain] = parts.get('display-name') ?? []
  const [exempt] = parts.get('display-name-exempt') ?? []
  type Action = PolicyRule<'display-name'>['option']['action']
  const rule = (name: string, from: Scope, action: Action, whenAuthenticated: Action) =>
    ({
      ...base(name, from),
      type: 'display-name',
      addressesBasedOn: 'header',
      option: { action, whenAuthenticated },
    }) as const satisfies PolicyRule
  return [
    ...(plain === undefined
      ? []
      : [rule('names', { kind: 'everyone' }, plain as Action, authenticated as Action)]),
    ...(exempt === undefined ? [] : [rule('exempt', { kind: 'address', address: exempt }, 'none', 'none')]),
  ]
}

function spoofing(
  name: string,
  from: Scope,
  option: PolicyRule<'anti-spoofing'>['option'],
): PolicyRule<'anti-spoofing'> {
  return { ...base(name, from), type: 'anti-spoofing', option }
}

function base(name: string, from: Scope) {
  return {
    id: `pol_${name.replaceAll(' ', '_')}`,
    name,
    from,
    to: { kind: 'internal' },
    addressesBasedOn: 'both',
    bidirectional: false,
    sourceIps: [],
    hostNames: [],
    validFrom: null,
    validUntil: null,
    override: false,
    createdAt: 0,
  } as const satisfies Partial<PolicyRule>
}
