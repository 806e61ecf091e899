// `signing`, `spf` and `auto-allow`: the keys that mail leaves with, the record that names our addresses, and
// whose answers are permitted.
import { type AutoAllow, getAutoAllow, setAutoAllow } from '@gatepost/contract/auto-allow.ts'
import {
  activateSigningKey,
  addSigningKeys,
  checkSigningKey,
  evaluateSpf,
  getSigning,
  importSigningKey,
  removeSigningKey,
  retireSigningKey,
  type Signing,
  type SigningDomain,
  type SigningKey,
  type SpfReport,
  setArc,
  testSigning,
  updateSigningDomain,
} from '@gatepost/contract/signing.ts'
import { readText } from '#platform/files.ts'
import {
  type Command,
  CommandFailed,
  type Context,
  command,
  numberOf,
  oneOf,
  UsageError,
} from '../command.ts'
import { facts, table } from '../layout.ts'
import { countOf, timeOf, wordOf } from '../words.ts'

export const signingCommands: readonly Command[] = [
  command({ path: 'signing list', means: 'How every domain signs, and its keys.', run: list }),
  command({
    path: 'signing add',
    args: ['DOMAIN'],
    flags: [
      { name: 'algorithm', value: 'NAME', many: true, means: 'rsa or ed25519; both when left out.' },
      {
        name: 'selector',
        value: 'NAME',
        means: 'The first label of the record; chosen for you when left out.',
      },
    ],
    means: 'Makes new keys; those in use retire once the new ones sign.',
    run: add,
  }),
  command({
    path: 'signing import',
    args: ['DOMAIN', 'SELECTOR', 'FILE'],
    means: 'Takes over a private key in PEM that signs elsewhere.',
    run: takeOver,
  }),
  command({ path: 'signing check', args: ['KEY'], means: 'Looks for the record of a key now.', run: check }),
  command({
    path: 'signing activate',
    args: ['KEY'],
    means: 'Signs with a key that was seen.',
    run: activate,
  }),
  command({ path: 'signing retire', args: ['KEY'], means: 'Signs with a key no more.', run: retire }),
  command({
    path: 'signing remove',
    args: ['KEY'],
    means: 'Destroys a key that does not sign.',
    run: remove,
  }),
  command({
    path: 'signing test',
    args: ['DOMAIN'],
    means: 'Signs a message and verifies it by DNS.',
    run: test,
  }),
  command({
    path: 'signing rotate-by-itself',
    args: ['DOMAIN', 'DAYS'],
    flags: [{ name: 'overlap', value: 'DAYS', means: 'How long the old record must stay.' }],
    means: 'Makes a new key every so many days; “never” ends that.',
    run: rotation,
  }),
  command({
    path: 'signing arc',
    flags: [
      { name: 'seal', value: 'WHAT', means: 'none, forwarded or all; as it is when left out.' },
      { name: 'trust', value: 'DOMAIN', many: true, means: 'A domain whose seals are believed.' },
    ],
    means: 'Says whether mail that passes through is sealed, and whose seals are believed.',
    run: arc,
  }),
  command({
    path: 'spf',
    args: ['DOMAIN'],
    means: 'Evaluates the SPF record for what we send from.',
    run: spf,
  }),
  command({
    path: 'auto-allow show',
    means: 'How auto allow works, and how many entries it made.',
    run: allow,
  }),
  command({
    path: 'auto-allow set',
    flags: [
      { name: 'on', value: null, means: 'Permits the answers of those who are written to.' },
      { name: 'off', value: null, means: 'Makes no new entries.' },
      { name: 'days', value: 'NUMBER', means: 'Days without mail that end an entry.' },
      { name: 'sample', value: 'PERCENT', means: 'Answers that are screened all the same.' },
    ],
    means: 'Changes how auto allow works.',
    run: setAllow,
  }),
]

async function list({ call, tenant, show }: Context): Promise<number> {
  const signing = await call(getSigning, { params: { tenant: await tenant() } })
  show(signing, () => {
    return `${signing.domains.map(domainText).join('\n')}\n${arcText(signing)}\n`
  })
  return 0
}

async function add({ call, tenant, arg, flag, flags, show }: Context): Promise<number> {
  const params = { tenant: await tenant(), domain: arg(0) }
  const algorithms = flags('algorithm').map((name) => {
    return oneOf(name, ['rsa', 'ed25519'], '--algorithm') === 'rsa' ? 'rsa-sha256' : 'ed25519-sha256'
  })
  const selector = flag('selector')
  const body = { ...(algorithms.length > 0 ? { algorithms } : {}), ...(selector ? { selector } : {}) }
  const domain = await call(addSigningKeys, { params, body })
  show(domain, () => `${domainText(domain)}\n${recordsText(domain.keys)}`)
  return 0
}

async function takeOver({ call, tenant, arg, show }: Context): Promise<number> {
  const privateKey = readText(arg(2))
  if (privateKey === null) throw new CommandFailed(`${arg(2)}: there is no such file`)
  const params = { tenant: await tenant(), domain: arg(0) }
  const domain = await call(importSigningKey, { params, body: { selector: arg(1), privateKey } })
  show(domain, () => `${domainText(domain)}\n${recordsText(domain.keys)}`)
  return 0
}

async function check(context: Context): Promise<number> {
  const { call, show } = context
  const key = await call(checkSigningKey, { params: await keyParams(context) })
  show(key, () => `${key.selector}: ${wordOf(key.state)}. ${key.record.weSee}\n`)
  return key.record.state === 'found' ? 0 : 1
}

async function activate(context: Context): Promise<number> {
  const domain = await context.call(activateSigningKey, { params: await keyParams(context) })
  context.show(domain, () => domainText(domain))
  return 0
}

async function retire(context: Context): Promise<number> {
  const domain = await context.call(retireSigningKey, { params: await keyParams(context) })
  context.show(domain, () => domainText(domain))
  return 0
}

async function remove(context: Context): Promise<number> {
  const params = await keyParams(context)
  await context.call(removeSigningKey, { params })
  context.show({ removed: params.key }, () => `${context.arg(0)} is gone.\n`)
  return 0
}

async function test({ call, tenant, arg, show }: Context): Promise<number> {
  const result = await call(testSigning, { params: { tenant: await tenant(), domain: arg(0) } })
  const rows = result.checks.map(({ title, state, saw, remedy }) => [title, wordOf(state), remedy ?? saw])
  show(result, () => table(['Check', 'State', 'What we saw'], rows, ''))
  return result.passed ? 0 : 1
}

async function rotation({ call, tenant, arg, flag, show }: Context): Promise<number> {
  const params = { tenant: await tenant(), domain: arg(0) }
  const overlap = flag('overlap')
  const body = {
    rotateDays: arg(1) === 'never' ? null : numberOf(arg(1), 'DAYS'),
    ...(overlap ? { overlapDays: numberOf(overlap, '--overlap') } : {}),
  }
  const domain = await call(updateSigningDomain, { params, body })
  show(domain, () => domainText(domain))
  return 0
}

async function arc({ call, tenant, flag, flags, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  const now = await call(getSigning, { params })
  const seals = oneOf(flag('seal') ?? now.seals, ['none', 'forwarded', 'all'], '--seal')
  const signing = await call(setArc, { params, body: { seals, sealers: [...flags('trust')] } })
  show(signing, () => `${arcText(signing)}\n`)
  return 0
}

async function spf({ call, tenant, arg, show }: Context): Promise<number> {
  const report = await call(evaluateSpf, { params: { tenant: await tenant(), domain: arg(0) } })
  show(report, () => spfText(report))
  return report.state === 'right' ? 0 : 1
}

async function allow({ call, tenant, show }: Context): Promise<number> {
  const setting = await call(getAutoAllow, { params: { tenant: await tenant() } })
  show(setting, () => allowText(setting))
  return 0
}

async function setAllow({ call, tenant, isSet, flag, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  if (isSet('on') && isSet('off')) throw new UsageError('--on and --off cannot both be meant')
  const now = await call(getAutoAllow, { params })
  const body = {
    enabled: isSet('on') || (!isSet('off') && now.enabled),
    days: numberOf(flag('days') ?? String(now.days), '--days'),
    samplePercent: percentOf(flag('sample') ?? String(now.samplePercent)),
  }
  const setting = await call(setAutoAllow, { params, body })
  show(setting, () => allowText(setting))
  return 0
}

function percentOf(text: string): number {
  return text === '0' ? 0 : numberOf(text, '--sample')
}

/** By id or by selector. */
async function keyParams({ call, tenant, arg }: Context): Promise<{ tenant: string; key: string }> {
  const params = { tenant: await tenant() }
  if (arg(0).startsWith('key_')) return { ...params, key: arg(0) }
  const { domains } = await call(getSigning, { params })
  const found = domains.flatMap(({ keys }) => keys).filter(({ selector }) => selector === arg(0))
  if (found.length === 1) return { ...params, key: found[0]!.id }
  throw new CommandFailed(
    `${arg(0)}: ${found.length === 0 ? 'no key has' : 'several keys have'} this selector. See: gatepost signing list`,
  )
}

function domainText({ domain, state, rotatesAt, keys }: SigningDomain): string {
  const rotates = rotatesAt === null ? '' : `, rotates ${timeOf(rotatesAt)}`
  const rows = keys.map((key) => [key.selector, key.algorithm, wordOf(key.state), key.record.weSee])
  return `${domain}: ${state}${rotates}\n${table(['Selector', 'Kind', 'State', 'We see'], rows, 'No keys.')}`
}

function arcText({ seals, sealers }: Signing): string {
  const sealed = {
    none: 'Nothing is sealed.',
    forwarded: 'Forwarded mail is sealed.',
    all: 'All mail that passes through is sealed.',
  }
  return `${sealed[seals]} Seals we believe: ${sealers.join(', ') || 'none'}.`
}

function recordsText(keys: readonly SigningKey[]): string {
  return keys
    .filter(({ state }) => state === 'pending')
    .map(({ record }) => `${record.name}. TXT "${record.value}"\n`)
    .join('')
}

function spfText(report: SpfReport): string {
  const { domain, state, records, lookUps, lookUpsMax, senders, findings, edit } = report
  return [
    facts([
      ['Domain', domain],
      ['State', state],
      ['Record', records.join('\n') || 'none'],
      ['Look-ups', `${lookUps} of ${lookUpsMax}`],
    ]),
    table(
      ['We send from', 'Result', 'Because'],
      senders.map(({ address, result, because }) => [address, result, because]),
      '',
    ),
    ...findings.map(({ kind, text }) => `${kind}: ${text}\n`),
    edit === null ? '' : `Enter instead: ${edit.after}\n`,
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function allowText({
  enabled,
  days,
  samplePercent,
  entries,
  suspended,
  ending,
  exclusions,
}: AutoAllow): string {
  return facts([
    ['Auto allow', enabled ? 'on' : 'off'],
    ['Entries end after', `${days} days without mail`],
    ['Screened all the same', `${samplePercent} % of answers`],
    ['Entries', `${countOf(entries)}, ${countOf(suspended)} suspended, ${countOf(ending)} end within a week`],
    ['Policies that leave mail out', countOf(exclusions)],
  ])
}
