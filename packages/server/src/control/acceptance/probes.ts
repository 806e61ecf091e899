// The probes of the acceptance test in the order of the report: what each looks at, and what a pass proves
// and does not.
import type { ConnectStep, StepName } from '@gatepost/contract/connect.ts'
import { digestOf } from '../digest/store.ts'
import { loadReadiness } from '../readiness/store.ts'
import { startRouteTest } from '../route/probe.ts'
import { shownTest } from '../route/probe-state.ts'
import { requireRoute } from '../route/route.ts'
import { findRoute } from '../route/store.ts'
import { evaluateSpf } from '../signing/spf.ts'
import { testSigning } from '../signing/test-signing.ts'
import { listenerProbes } from './dialogue.ts'
import { type Finding, failed, notAvailable, notVerified, type Probe, passed } from './finding.ts'
import { permittedProbe } from './permitted.ts'

const readiness: Probe = {
  name: 'readiness',
  title: 'The gateway itself is ready',
  group: 'installation',
  proves: 'Names, reverse names, ports, certificate and clock of this gateway, as last looked at.',
  async run(_sight, { store }) {
    const observed = await loadReadiness(store)
    if (observed === null) return notVerified('The gateway has not looked at itself yet.')
    const failed = observed.findings.filter(({ state }) => state === 'failed')
    const warned = observed.findings.filter(({ state }) => state === 'warning')
    const [first] = [...failed, ...warned]
    if (first === undefined) return passed(`${observed.findings.length} checks, none failed.`)
    const saw = `${first.title}: ${first.saw}`
    return { state: failed.length > 0 ? 'failed' : 'warning', saw, remedy: first.remedy }
  },
}

/** A step of Connect stands for what it derives from DNS, mail seen and settings. */
function stepProbe(probe: Pick<Probe, 'title' | 'group' | 'proves'> & { readonly step: StepName }): Probe {
  const { step: name, ...rest } = probe
  return {
    name,
    ...rest,
    run: async ({ steps }) => findingOf(steps.get(name)!),
  }
}

function findingOf(step: ConnectStep): Finding {
  const open = step.checks.find(({ state }) => state === 'failed' || state === 'warning')
  switch (step.state) {
    case 'done':
      return passed(step.detail)
    case 'skipped':
      return notAvailable(`“${step.title}” was skipped.`)
    case 'locked':
      return notVerified(`“${step.title}” waits for another step.`)
    case 'needs-attention':
      return failed(open?.saw ?? step.detail, open?.remedy ?? `Open “${step.title}” in Connect.`)
    default: {
      const saw = open?.saw || step.detail || 'Nothing was set up yet.'
      const remedy = open?.remedy ?? `Open “${step.title}” in Connect.`
      if (step.requirement === 'mandatory') return failed(saw, remedy)
      return { state: 'not-available', saw: `Not set up: ${step.title}, ${requirement(step)}.`, remedy: null }
    }
  }
}

function requirement({ requirement: word }: ConnectStep): string {
  return word === 'not-required' ? 'not required here' : `${word} here`
}

const delivery: Probe = {
  name: 'delivery',
  title: 'The mail host takes a message of the gateway',
  group: 'inbound',
  proves:
    'A real message was taken over the default route. That it is in the mailbox, only its reader can say.',
  async run({ scope, observed, recipient }, deps) {
    const route = observed.routes.find(({ defaultFor }) => defaultFor === 'inbound')
    if (!route) return failed('No delivery route is the default for inbound mail.', 'Add one in Connect.')
    if (recipient === '') return notVerified('No mailbox was named for a test message.')
    const { finished } = await startRouteTest(scope, { id: route.id, recipient }, deps)
    await finished
    await requireRoute(scope, route.id, deps)
    const row = await findRoute(deps.store.db, scope.tenantId, route.id)
    const test = row === null ? null : shownTest(row, deps.clock.now())
    if (test === null) return notVerified('The test of the route gave no result.')
    const bad = test.checks.find(({ state }) => state === 'failed')
    if (bad) return failed(`${bad.title}: ${bad.saw}`, bad.remedy)
    const last = test.checks.findLast(({ state }) => state === 'passed')
    return passed(`${route.name} (${route.host}:${route.port}): ${last?.saw ?? 'all checks passed.'}`)
  },
}

const signing: Probe = {
  name: 'dkim',
  title: 'Outgoing mail is signed and the signature verifies',
  group: 'outbound',
  proves:
    'A message signed with each key in use verifies by the records in DNS now, aligned with its domain.',
  async run({ scope, observed }, deps) {
    const domains = observed.domains.filter(({ state }) => state === 'validated')
    const saw: string[] = []
    for (const { name } of domains) {
      const { checks, passed: isPassed } = await testSigning(scope, name, deps)
      const open = checks.find(({ state }) => state !== 'passed')
      if (open?.name === 'signing-key') {
        return { state: 'not-available', saw: open.saw, remedy: open.remedy }
      }
      if (!isPassed) return failed(`${name}: ${open?.saw ?? 'not verified'}`, open?.remedy ?? null)
      saw.push(`${name}: ${checks.length === 1 ? 'one signature' : `${checks.length} signatures`} verified`)
    }
    return saw.length === 0 ? notVerified('No domain is validated.') : passed(`${saw.join('; ')}.`)
  },
}

const spf: Probe = {
  name: 'spf',
  title: 'The SPF records name this gateway',
  group: 'outbound',
  proves: 'The evaluation of each record passes for every address that this gateway sends from.',
  async run({ scope, observed }, deps) {
    if (observed.tenant.inboundOnly) return notAvailable('The organisation sends no mail through here.')
    const domains = observed.domains.filter(({ state }) => state === 'validated')
    if (domains.length === 0) return notVerified('No domain is validated.')
    for (const { name } of domains) {
      const report = await evaluateSpf(scope, name, deps)
      if (report.senders.length === 0) {
        return notVerified(`The addresses of ${deps.config.hostname} could not be looked up.`)
      }
      const bad = report.senders.find(({ result }) => result !== 'pass')
      if (bad) {
        const remedy = `Add include:spf.${deps.config.hostname} to the SPF record of ${name}.`
        return failed(`${name}: ${bad.result} for ${bad.address}.`, remedy)
      }
    }
    return passed(`${domains.map(({ name }) => name).join(', ')}: pass for every address of ours.`)
  },
}

const digest: Probe = {
  name: 'digest',
  title: 'The digest of held mail is delivered',
  group: 'protection',
  proves: 'That a digest left by its schedule. That it was read, only its reader can say.',
  async run({ scope }, { store }) {
    const settings = await digestOf(store.db, scope.tenantId)
    if (!settings?.enabled) return notAvailable('No digest is switched on.')
    if (settings.lastAt === null) return notVerified('A digest is switched on, and none was due yet.')
    return passed(`The last digest left on ${new Date(settings.lastAt).toISOString()}.`)
  },
}

export const probes: readonly Probe[] = [
  readiness,
  stepProbe({
    step: 'validate-domains',
    title: 'The domains are proven',
    group: 'domains',
    proves: 'The proof records were seen at the name servers of each domain a moment ago.',
  }),
  stepProbe({
    step: 'modify-mx',
    title: 'Mail for the domains comes here',
    group: 'domains',
    proves: 'The MX records as the name servers of each domain give them now.',
  }),
  ...listenerProbes,
  stepProbe({
    step: 'recipient-validation',
    title: 'Recipients are validated in every domain',
    group: 'inbound',
    proves: 'How each domain treats unknown recipients, as set.',
  }),
  delivery,
  permittedProbe,
  stepProbe({
    step: 'outbound',
    title: 'Outgoing mail comes through here',
    group: 'outbound',
    proves: 'A message from an authorised host or login was seen.',
  }),
  signing,
  spf,
  digest,
  stepProbe({
    step: 'journaling',
    title: 'The journal arrives',
    group: 'after-cut-over',
    proves: 'Journal reports of the mail host were seen.',
  }),
  stepProbe({
    step: 'secure-inbound',
    title: 'Nobody gets past the gateway',
    group: 'after-cut-over',
    proves: 'The mail host refuses connections that do not come from here, from the vantage points named.',
  }),
  stepProbe({
    step: 'firewall-lockdown',
    title: 'The mail host is locked down',
    group: 'after-cut-over',
    proves: 'Old mail servers, and other ways in, refuse mail for the domains.',
  }),
]
