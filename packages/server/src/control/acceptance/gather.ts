// What the probes of the acceptance test look at: DNS looked up anew, Connect's derived steps, and one
// dialogue with our own listener that several probes read.
import type { AcceptanceReport } from '@gatepost/contract/acceptance.ts'
import type { ConnectStep, StepName } from '@gatepost/contract/connect.ts'
import { english, saidOf, say, type Text } from '@gatepost/contract/sayings.ts'
import type { SelfProbed } from '#link/self-orders.ts'
import { newId } from '#platform/random.ts'
import { type ConnectDeps, checkStep } from '../connect/connect.ts'
import { deriveConnect } from '../connect/derive.ts'
import { observe } from '../connect/observe.ts'
import type { Observed } from '../connect/observed.ts'
import { Problem } from '../problem.ts'
import type { ReadinessDeps } from '../readiness/readiness.ts'
import type { ControlDeps, Scope } from '../scope.ts'

export type AcceptanceDeps = ControlDeps & ConnectDeps & Pick<ReadinessDeps, 'listening' | 'machine'>

export type Sight = {
  readonly scope: Scope
  readonly recipient: string
  readonly observed: Observed
  readonly steps: ReadonlyMap<StepName, ConnectStep>
  readonly domains: AcceptanceReport['domains']
  readonly values: AcceptanceReport['values']
  /** What our listener said, or why nobody could ask it. */
  readonly dialogue: SelfProbed | { readonly kind: 'failed'; readonly why: string }
}

/** The longest look at name servers that answer slowly, and the dialogue itself. */
const DIALOGUE_MS_MAX = 120_000
/** A stranger's address (RFC 2606 §2): no mail is ever sent from or to it. */
const STRANGER = 'acceptance@stranger.invalid'

export async function gather(
  scope: Scope,
  { recipient }: Pick<AcceptanceReport, 'recipient'>,
  deps: AcceptanceDeps,
): Promise<Sight> {
  // Both look up DNS now; a look of a moment ago is as good.
  await checkStep(scope, 'validate-domains', deps).catch(ignoreTooSoon)
  await checkStep(scope, 'modify-mx', deps).catch(ignoreTooSoon)
  const observed = await observe(scope.tenantId, deps)
  const { steps } = deriveConnect(observed)
  return {
    scope,
    recipient,
    observed,
    steps: new Map(steps.map((step) => [step.name, step])),
    domains: observed.domains.map(({ name, state, recipientMode, mx }) => ({
      name,
      state,
      recipientMode,
      mx: (mx.look?.records ?? []).map(({ preference, exchange }) => `${preference} ${exchange}`),
    })),
    values: valuesOf(observed, deps),
    dialogue: await hold({ scope, observed, recipient }, deps),
  }
}

function valuesOf(observed: Observed, { config }: AcceptanceDeps): AcceptanceReport['values'] {
  const { routes, outbound, tenant, userCount, senders } = observed
  return [
    valueNamed(say('value.host'), config.hostname),
    valueNamed(say('value.contact'), tenant.contact || say('value.none')),
    ...routes.map(({ name, host, port }) => valueNamed(say('value.route', { name }), `${host}:${port}`)),
    ...outbound.addresses.map((address) => valueNamed(say('value.outbound'), address)),
    valueNamed(say('value.users'), String(userCount)),
    valueNamed(say('value.senders'), String(senders.entries)),
  ]
}

function valueNamed(label: Text, value: Text): AcceptanceReport['values'][number] {
  const said = { label: saidOf(label), value: saidOf(value) }
  return { label: english(label), value: english(value), said }
}

/** One connection, so that the listener's limits on strangers are not spent by the test. */
async function hold(
  asked: Pick<Sight, 'scope' | 'observed' | 'recipient'>,
  { link, clock, listening }: AcceptanceDeps,
): Promise<Sight['dialogue']> {
  const listener = listening.find(({ role }) => role === 'mx' || role === 'both')
  if (!listener) return { kind: 'failed', why: 'No listener takes mail from outside.' }
  const now = clock.now()
  const result = await link
    .order(
      {
        kind: 'probe-self',
        id: newId('prb', now),
        tenantId: asked.scope.tenantId,
        host: reachable(listener.host),
        port: listener.port,
        questions: questionsOf(asked, now),
      },
      AbortSignal.timeout(DIALOGUE_MS_MAX),
    )
    .catch((error: Error) => ({ kind: 'failed', why: error.message }) as const)
  if (result.kind === 'probe-self' || result.kind === 'failed') return result
  return { kind: 'failed', why: 'The edge answered something else.' }
}

function questionsOf(
  { observed, recipient }: Pick<Sight, 'observed' | 'recipient'>,
  now: number,
): readonly { readonly name: string; readonly reversePath: string; readonly forwardPath: string }[] {
  const domain = observed.domains.find(({ state }) => state === 'validated')?.name
  const relay = { name: 'relay', reversePath: STRANGER, forwardPath: 'somebody@relay.invalid' }
  if (domain === undefined) return [relay]
  const unknown = `gatepost-acceptance-${now.toString(36)}@${domain}`
  return [
    relay,
    {
      name: 'relay-own',
      reversePath: recipient || `postmaster@${domain}`,
      forwardPath: 'somebody@relay.invalid',
    },
    { name: 'unknown', reversePath: STRANGER, forwardPath: unknown },
    ...(recipient === '' ? [] : [{ name: 'known', reversePath: STRANGER, forwardPath: recipient }]),
  ]
}

/** Listeners on all addresses are asked on loopback. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

function ignoreTooSoon(error: unknown): void {
  if (!(error instanceof Problem) || error.problemName !== 'check-too-soon') throw error
}
