// The probes of the acceptance test in the order of the report, and what each looks at.
import type { ConnectStep, StepName } from '@gatepost/contract/connect.ts'
import { say, sayings, type Text, titleOfStep } from '@gatepost/contract/sayings.ts'
import type { ProbeName } from '@gatepost/contract/sayings-acceptance.ts'
import { sawOfCheck, titleOfTest } from '../connect/check.ts'
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
  group: 'installation',
  async run(_sight, { store }) {
    const observed = await loadReadiness(store)
    if (observed === null) return notVerified(say('accept.not-ready-looked'))
    const failed = observed.findings.filter(({ state }) => state === 'failed')
    const warned = observed.findings.filter(({ state }) => state === 'warning')
    const [first] = [...failed, ...warned]
    if (first === undefined) return passed(say('accept.none-failed', { number: observed.findings.length }))
    const code = `readiness.${first.name}`
    const title = sayings.has(code) ? { code } : first.title
    const saw = say('accept.titled', { title, saw: first.said?.saw ?? first.saw })
    const remedy = first.said?.remedy ?? first.remedy
    return { state: failed.length > 0 ? 'failed' : 'warning', saw, remedy }
  },
}

/** A step of Connect stands for what it derives from DNS, mail seen and settings. */
function stepProbe(probe: Pick<Probe, 'group'> & { readonly step: ProbeName & StepName }): Probe {
  const { step: name, ...rest } = probe
  return {
    name,
    ...rest,
    run: async ({ steps }) => findingOf(steps.get(name)!),
  }
}

function findingOf(step: ConnectStep): Finding {
  const open = step.checks.find(({ state }) => state === 'failed' || state === 'warning')
  const named = { step: titleOfStep(step.name) }
  const detail = step.said?.detail ?? step.detail
  const remedy = open?.said?.remedy ?? open?.remedy ?? say('accept.open-step', named)
  switch (step.state) {
    case 'done':
      return passed(detail)
    case 'skipped':
      return notAvailable(say('accept.skipped', named))
    case 'locked':
      return notVerified(say('accept.waits', named))
    case 'needs-attention':
      return failed(open === undefined ? detail : sawOfCheck(open), remedy)
    default: {
      const saw = open?.saw ? sawOfCheck(open) : detail || say('accept.nothing-set')
      if (step.requirement === 'mandatory') return failed(saw, remedy)
      return notAvailable(say(`accept.not-set-${step.requirement}`, named))
    }
  }
}

const delivery: Probe = {
  name: 'delivery',
  group: 'inbound',
  async run({ scope, observed, recipient }, deps) {
    const route = observed.routes.find(({ defaultFor }) => defaultFor === 'inbound')
    if (!route) return failed(say('accept.no-route'), say('accept.add-route'))
    if (recipient === '') return notVerified(say('accept.no-mailbox'))
    const { finished } = await startRouteTest(scope, { id: route.id, recipient }, deps)
    await finished
    await requireRoute(scope, route.id, deps)
    const row = await findRoute(deps.store.db, scope.tenantId, route.id)
    const test = row === null ? null : shownTest(row, deps.clock.now())
    if (test === null) return notVerified(say('accept.no-result'))
    const bad = test.checks.find(({ state }) => state === 'failed')
    if (bad) return failed(say('accept.titled', { title: titleOfTest(bad), saw: bad.saw }), bad.remedy)
    const last = test.checks.findLast(({ state }) => state === 'passed')
    return passed(
      say('accept.delivered', {
        route: route.name,
        host: `${route.host}:${route.port}`,
        saw: last?.saw ?? say('accept.all-passed'),
      }),
    )
  },
}

const signing: Probe = {
  name: 'dkim',
  group: 'outbound',
  async run({ scope, observed }, deps) {
    const domains = observed.domains.filter(({ state }) => state === 'validated')
    const saw: Text[] = []
    for (const { name } of domains) {
      const { checks, passed: isPassed } = await testSigning(scope, name, deps)
      const open = checks.find(({ state }) => state !== 'passed')
      if (open?.name === 'signing-key') {
        return { state: 'not-available', saw: open.saw, remedy: open.remedy }
      }
      if (!isPassed) {
        const seen = open ? say('accept.titled', { title: name, saw: open.saw }) : null
        return failed(seen ?? say('accept.not-verified', { domain: name }), open?.remedy ?? null)
      }
      saw.push(say('accept.signed', { domain: name, count: checks.length }))
    }
    if (saw.length === 0) return notVerified(say('accept.no-domain'))
    return passed(
      say('accept.ended', { text: saw.reduce((one, other) => say('accept.both', { one, other })) }),
    )
  },
}

const spf: Probe = {
  name: 'spf',
  group: 'outbound',
  async run({ scope, observed }, deps) {
    if (observed.tenant.inboundOnly) return notAvailable(say('accept.sends-nothing'))
    const domains = observed.domains.filter(({ state }) => state === 'validated')
    if (domains.length === 0) return notVerified(say('accept.no-domain'))
    for (const { name } of domains) {
      const report = await evaluateSpf(scope, name, deps)
      if (report.senders.length === 0) {
        return notVerified(say('accept.own-unknown', { hostname: deps.config.hostname }))
      }
      const bad = report.senders.find(({ result }) => result !== 'pass')
      if (bad) {
        const remedy = say('accept.add-include', { include: `spf.${deps.config.hostname}`, domain: name })
        const { result, address } = bad
        return failed(say('accept.spf-result', { domain: name, result, address }), remedy)
      }
    }
    return passed(say('accept.spf-passes', { domains: domains.map(({ name }) => name).join(', ') }))
  },
}

const digest: Probe = {
  name: 'digest',
  group: 'protection',
  async run({ scope }, { store }) {
    const settings = await digestOf(store.db, scope.tenantId)
    if (!settings?.enabled) return notAvailable(say('accept.no-digest'))
    if (settings.lastAt === null) return notVerified(say('accept.digest-to-come'))
    return passed(say('accept.digest-left', { when: new Date(settings.lastAt).toISOString() }))
  },
}

export const probes: readonly Probe[] = [
  readiness,
  stepProbe({ step: 'validate-domains', group: 'domains' }),
  stepProbe({ step: 'modify-mx', group: 'domains' }),
  ...listenerProbes,
  stepProbe({ step: 'recipient-validation', group: 'inbound' }),
  delivery,
  permittedProbe,
  stepProbe({ step: 'outbound', group: 'outbound' }),
  signing,
  spf,
  digest,
  stepProbe({ step: 'journaling', group: 'after-cut-over' }),
  stepProbe({ step: 'secure-inbound', group: 'after-cut-over' }),
  stepProbe({ step: 'firewall-lockdown', group: 'after-cut-over' }),
]
