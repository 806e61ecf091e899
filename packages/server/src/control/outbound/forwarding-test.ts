// Whether a forwarding address would work: no loop, a target that is known or a host that takes it. Nothing
// is saved and no message is sent (C13).
import type { Check } from '@gatepost/contract/common.ts'
import { mailboxOf } from '@gatepost/mail/address.ts'
import type { ProbeCheck, ProbeResult } from '#link/orders.ts'
import { newId } from '#platform/random.ts'
import { validatedNames } from '../domain/store.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { loopOf, readOwnAddress, readTarget } from './forwarding.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'dns' | 'config'>
type Tested = { checks: Check[]; passed: boolean }

const TITLES: ReadonlyMap<ProbeCheck, string> = new Map([
  ['resolve', 'The mail host’s name has an address'],
  ['connect', 'It answers'],
  ['greeting', 'It greets as a mail host'],
  ['recipient', 'It takes the target'],
])
const PROBE_MS = 30_000

/** Throws `invalid-input` for what is no address, `edge-unreachable`. */
export async function testForwarding(
  scope: Scope,
  input: { readonly address: string; readonly target: string },
  deps: Deps,
): Promise<Tested> {
  const { store, clock } = deps
  const own = await validatedNames(store.db, scope.tenantId)
  const address = readOwnAddress(input.address, own)
  const target = readTarget(input.target)
  const now = clock.now()
  const check = (name: string, title: string, found: Pick<Check, 'state' | 'saw' | 'remedy'>): Check => {
    return { name, title, ...found, checkedAt: now, nextCheckAt: null }
  }
  const loop = await store.transaction((trx) => loopOf(trx, address, target))
  const first = check('loop', 'No loop', {
    state: loop === null ? 'passed' : 'failed',
    saw: loop ?? 'The target does not lead back.',
    remedy: loop === null ? null : 'Choose another target.',
  })
  if (loop !== null) return { checks: [first], passed: false }
  const domain = target.slice(target.lastIndexOf('@') + 1)
  const rest = own.has(domain)
    ? [check('known', 'The target is one of your addresses', await ownTarget(scope, target, deps))]
    : (await outsideTarget(scope, { target, domain, from: address }, deps)).map(({ name, title, ...found }) =>
        check(name, title, found),
      )
  const checks = [first, ...rest]
  return { checks, passed: checks.every(({ state }) => state === 'passed') }
}

type Found = Pick<Check, 'state' | 'saw' | 'remedy'>

async function ownTarget(scope: Scope, target: string, { store }: Deps): Promise<Found> {
  const row = await store.db
    .selectFrom('user_address')
    .select('address')
    .where('tenant_id', '=', scope.tenantId)
    .where('address', '=', target.toLowerCase())
    .executeTakeFirst()
  return row
    ? { state: 'passed', saw: `${target} is in the list of users.`, remedy: null }
    : {
        state: 'warning',
        saw: `${target} is not in the list of users.`,
        remedy: 'Make sure that the mailbox exists: what the mail host refuses goes back to the sender.',
      }
}

async function outsideTarget(
  scope: Scope,
  { target, domain, from }: { readonly target: string; readonly domain: string; readonly from: string },
  { dns, link, clock, config }: Deps,
): Promise<(Found & { readonly name: string; readonly title: string })[]> {
  const title = 'The target’s domain takes mail'
  const answer = await dns.query({ name: domain, type: 'MX', fresh: true })
  if (answer.kind === 'failed') {
    return [
      {
        name: 'mx',
        title,
        state: 'not-verified',
        saw: `Its name servers do not answer: ${answer.why}.`,
        remedy: 'Try again later.',
      },
    ]
  }
  const hosts = answer.kind === 'found' ? answer.records.toSorted((a, b) => a.preference - b.preference) : []
  const host = hosts.length === 0 && answer.kind === 'none' ? domain : (hosts[0]?.exchange ?? '')
  if (host === '' || host === '.') {
    return [
      {
        name: 'mx',
        title,
        state: 'failed',
        saw: `${domain} has no mail host.`,
        remedy: 'Correct the target’s domain.',
      },
    ]
  }
  const mx = { name: 'mx', title, state: 'passed', saw: `${host} takes its mail.`, remedy: null } as const
  const result = await link.order(
    {
      kind: 'probe-route',
      id: newId('prb', clock.now()),
      tenantId: scope.tenantId,
      host,
      port: config.delivery.mxPort,
      tls: 'opportunistic',
      reversePath: mailboxOf(from) === null ? null : `postmaster@${config.hostname.toLowerCase()}`,
      forwardPath: target,
      content: null,
    },
    AbortSignal.timeout(PROBE_MS),
  )
  if (result.kind !== 'probe-route') return [mx]
  return [mx, ...result.results.flatMap(shownProbe)]
}

function shownProbe({
  check,
  state,
  saw,
  remedy,
}: ProbeResult): (Found & { readonly name: string; readonly title: string })[] {
  const title = TITLES.get(check)
  return title === undefined ? [] : [{ name: check, title, state, saw, remedy }]
}
