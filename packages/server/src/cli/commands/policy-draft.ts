// A policy as the flags of `policies add` describe it.
import { listGroups } from '@gatepost/contract/group.ts'
import { PolicyDraft, type PolicyScope, PolicyType } from '@gatepost/contract/policy.ts'
import { CommandFailed, type Context, type Flag, oneOf, UsageError } from '../command.ts'

const SCOPES =
  'everyone, internal, external, free-mail, group:NAME, attribute:NAME=VALUE, a domain or an address'

export const DRAFT_FLAGS: readonly Flag[] = [
  { name: 'name', value: 'NAME', means: 'How the policy is called.' },
  { name: 'description', value: 'TEXT', means: 'What it is for.' },
  { name: 'from', value: 'SCOPE', means: `Sender: ${SCOPES} (everyone).` },
  { name: 'to', value: 'SCOPE', means: `Recipient: ${SCOPES} (everyone).` },
  {
    name: 'by',
    value: 'ADDRESS',
    means: 'envelope, header or both: which sender address counts (envelope).',
  },
  {
    name: 'action',
    value: 'ACTION',
    means: 'permit, block, apply, observe, refuse, report, tag, hold, none …',
  },
  {
    name: 'authenticated',
    value: null,
    means: 'Permits: only if it authenticates. Anti-spoofing: takes aligned mail.',
  },
  {
    name: 'when-authenticated',
    value: 'ACTION',
    means: 'Display names: what to do when the author authenticates.',
  },
  {
    name: 'on',
    value: 'RESULT=ACTION',
    many: true,
    means:
      'Authentication: spf, dkim, dmarc or none, such as dmarc=honour. Attachments: a kind, such as macro=tag.',
  },
  {
    name: 'spf-domain',
    value: 'DOMAIN',
    many: true,
    means: 'Anti-spoofing: exempt what passes SPF of this domain.',
  },
  {
    name: 'dkim-domain',
    value: 'DOMAIN',
    many: true,
    means: 'Anti-spoofing: exempt what this domain signed.',
  },
  { name: 'ip', value: 'RANGE', many: true, means: 'Only from these addresses.' },
  {
    name: 'host',
    value: 'NAME',
    many: true,
    means: 'Only from these verified host names: exact, .suffix or mx*.name.',
  },
  { name: 'since', value: 'TIME', means: 'Valid from here on, such as 2026-12-01.' },
  { name: 'until', value: 'TIME', means: 'Valid until here.' },
  { name: 'route', value: 'ID', means: 'Delivery route: the route that this mail takes.' },
  {
    name: 'level',
    value: 'LEVEL',
    means:
      'Secure delivery: opportunistic, enforced-relaxed, enforced-strict, verified, dane, mta-sts. Spam: relaxed to aggressive.',
  },
  { name: 'infected', value: 'ACTION', means: 'Virus scanning: reject or hold what is infected (reject).' },
  {
    name: 'not-checked',
    value: 'ACTION',
    means: 'Virus scanning: hold, reject or deliver what could not be scanned (hold).',
  },
  {
    name: 'scanner-away',
    value: 'ACTION',
    means: 'Virus scanning: defer, hold or deliver while the scanner is away (defer).',
  },
  {
    name: 'certificate-name',
    value: 'NAME',
    means: 'Secure delivery, verified: a name to accept; may be repeated.',
  },
  { name: 'tls-version', value: 'VERSION', means: 'Secure receipt: 1.2 or 1.3 at least.' },
  {
    name: 'measure',
    value: 'WHOM',
    means:
      'First contact: what counts as known, who wrote to the recipient or to the organisation (recipient).',
  },
  { name: 'learn-days', value: 'DAYS', means: 'First contact: days of looking on before it marks (14).' },
  { name: 'language', value: 'LANGUAGE', means: 'First contact: en, de or fr, for a banner (en).' },
  { name: 'override', value: null, means: 'Comes before more specific policies.' },
  { name: 'both-ways', value: null, means: 'Also with sender and recipient swapped.' },
  { name: 'off', value: null, means: 'Saves it switched off.' },
]

/** Reads the flags. Throws `UsageError` for what no policy can be made of. */
export async function draftOf(context: Context): Promise<PolicyDraft> {
  const { arg, flag, flags, isSet } = context
  const type = oneOf(arg(0), PolicyType.options, 'TYPE')
  const written = {
    type,
    name: flag('name') ?? '',
    description: flag('description') ?? '',
    from: await scopeOf(context, flag('from') ?? 'everyone'),
    to: await scopeOf(context, flag('to') ?? 'everyone'),
    addressesBasedOn: oneOf(flag('by') ?? 'envelope', ['envelope', 'header', 'both'], '--by'),
    bidirectional: isSet('both-ways'),
    sourceIps: flags('ip'),
    hostNames: flags('host'),
    validFrom: timeOf(flag('since'), '--since'),
    validUntil: timeOf(flag('until'), '--until'),
    override: isSet('override'),
    enabled: !isSet('off'),
    option: optionOf(type, context),
  }
  const read = PolicyDraft.safeParse(written)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new UsageError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'cannot be read'}`)
}

function optionOf(type: PolicyType, { flag, flags, isSet }: Context): unknown {
  const action = flag('action')
  switch (type) {
    case 'permitted-senders':
      return { action: action ?? 'permit', onlyIfAuthenticated: isSet('authenticated') }
    case 'blocked-senders':
      return { action: action ?? 'block' }
    case 'greylisting':
      return { action: action ?? 'apply' }
    case 'auto-allow':
    case 'dkim-signing':
      return { action: action ?? 'none' }
    case 'delivery-route':
      return { routeId: flag('route') ?? '' }
    case 'secure-delivery':
      return { level: flag('level') ?? 'enforced-strict', names: flags('certificate-name') }
    case 'secure-receipt':
      return { action: action ?? 'enforce', version: flag('tls-version') ?? '1.2' }
    case 'virus-scanning':
      return {
        action: action ?? 'scan',
        infected: flag('infected') ?? 'reject',
        notChecked: flag('not-checked') ?? 'hold',
        unavailable: flag('scanner-away') ?? 'defer',
      }
    case 'attachment-handling': {
      const on = new Map(flags('on').map((text) => text.split('=', 2) as [string, string]))
      const of = (name: string) => on.get(name) ?? action ?? 'hold'
      return {
        dangerous: of('dangerous'),
        script: of('script'),
        macro: of('macro'),
        encrypted: of('encrypted'),
        disguised: of('disguised'),
        unreadable: of('unreadable'),
      }
    }
    case 'spam-scanning':
      return { action: action ?? 'hold', level: flag('level') ?? 'moderate' }
    case 'first-contact':
      return {
        action: action ?? 'tag',
        measure: flag('measure') ?? 'recipient',
        learnDays: Number(flag('learn-days') ?? '14'),
        language: flag('language') ?? 'en',
      }
    case 'anti-spoofing':
      return {
        action: action ?? 'refuse',
        acceptAligned: isSet('authenticated'),
        spfDomains: flags('spf-domain'),
        dkimDomains: flags('dkim-domain'),
      }
    case 'display-name':
      return { action: action ?? 'hold', whenAuthenticated: flag('when-authenticated') ?? action ?? 'tag' }
    case 'authentication': {
      const on = new Map(flags('on').map((text) => text.split('=', 2) as [string, string]))
      const of = (name: string) => on.get(name) ?? 'none'
      return { spfFail: of('spf'), dkimFail: of('dkim'), dmarcFail: of('dmarc'), noneFound: of('none') }
    }
  }
}

async function scopeOf(context: Context, text: string): Promise<PolicyScope> {
  if (text === 'everyone' || text === 'internal' || text === 'external' || text === 'free-mail') {
    return { kind: text }
  }
  if (text.startsWith('group:')) return { kind: 'group', groupId: await groupId(context, text.slice(6)) }
  const attribute = /^attribute:([^=]+)=(.+)$/.exec(text)
  if (attribute) return { kind: 'attribute', name: attribute[1]!, value: attribute[2]! }
  return text.includes('@') && !text.startsWith('@')
    ? { kind: 'address', address: text }
    : { kind: 'domain', domain: text }
}

/** By id, or by its name where that is the only one. */
export async function groupId({ call, tenant }: Context, text: string): Promise<string> {
  if (text.startsWith('grp_')) return text
  const { items } = await call(listGroups, { params: { tenant: await tenant() }, query: { search: text } })
  const named = items.filter(({ name }) => name.toLowerCase() === text.toLowerCase())
  if (named.length === 1) return named[0]!.id
  throw new CommandFailed(`There is ${named.length === 0 ? 'no' : 'more than one'} address group “${text}”.`)
}

function timeOf(text: string | undefined, what: string): number | null {
  if (text === undefined) return null
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new UsageError(`${what}: “${text}” is not a time such as 2026-12-01T08:00Z`)
  return at
}
