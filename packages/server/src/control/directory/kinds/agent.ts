// A directory that an agent inside the network pushes, as a kind (D6): read from the last listing that came
// whole, tested by what the agent says of itself.
import { type AgentEntry, AgentStatus } from '@gatepost/contract/agent.ts'
import type {
  DirectoryEntry,
  DirectoryEvent,
  DirectoryReader,
  DirectoryStep,
} from '@gatepost/directory/entry.ts'
import { type DirectoryCheck, DirectoryFault } from '@gatepost/directory/entry.ts'
import { type CheckStep, runChecks } from '@gatepost/directory/run-checks.ts'
import { chunkBody, findAgent, lastWholePush, type PushRow } from '../../agent/store.ts'
import type { DirectoryDeps, DirectoryKindPlugin, KindInput } from '../kind.ts'

type Input = Pick<KindInput<'agent'>, 'tenantId' | 'settings'>
type Deps = Pick<DirectoryDeps, 'store' | 'clock'>

export const agentKind: DirectoryKindPlugin<'agent'> = {
  kind: 'agent',
  needsSecret: false,
  isScheduled: false,
  steps: ['connect', 'sign-in', 'list', 'look-up'],
  check: () => [],
  normalize: (settings) => settings,
  isSameListing: (before, after) => before.agentId === after.agentId,
  createReader: (input, deps) => createPushReader(input, deps),
  async *test(input, deps, signal) {
    const checks = await checkAgent(input, deps, { address: input.address, signal })
    for (const check of checks) yield { kind: 'check', check }
  },
}

/** Reads the newest whole listing out of its chunks. */
export function createPushReader(input: Input, deps: Deps): DirectoryReader {
  return {
    read: ({ signal }) => readPush(input, deps, signal),
    async lookUp(address, signal) {
      const wanted = address.trim().toLowerCase()
      for await (const event of readPush(input, deps, signal))
        if (event.kind === 'entry' && addressesOf(event.entry).includes(wanted)) return event.entry
      return null
    },
  }
}

const addressesOf = ({ email, aliases }: DirectoryEntry): readonly string[] =>
  [...(email === null ? [] : [email]), ...aliases].map((address) => address.toLowerCase())

async function* readPush(input: Input, deps: Deps, signal: AbortSignal): AsyncGenerator<DirectoryEvent> {
  const key = keyOf(input)
  const push = await wholePush(input, deps)
  let read = 0
  for (let number = 0; number < push.chunks; number += 1) {
    signal.throwIfAborted()
    const body = await chunkBody(deps.store.db, key, { pushId: push.id, number })
    if (body === null)
      throw fault(
        'list',
        'replaced',
        'A newer listing came while this one was read.',
        'The next run reads the newer one.',
      )
    for (const entry of JSON.parse(body) as readonly AgentEntry[]) {
      read += 1
      yield { kind: 'entry', entry: { ...entry, attributes: new Map(entry.attributes) } }
    }
    yield { kind: 'progress', read, total: push.entries }
  }
  if (read !== push.entries)
    throw fault(
      'list',
      'cut-off',
      `${read} of ${push.entries} entries are here.`,
      'Ask the agent for a new listing.',
    )
  yield { kind: 'end', mode: 'full', cursor: null, notListed: JSON.parse(push.not_listed) as string[] }
}

async function wholePush(input: Input, { store }: Deps): Promise<PushRow> {
  const push = await lastWholePush(store.db, keyOf(input))
  if (push) return push
  throw fault(
    'list',
    'nothing-pushed',
    'The agent of this site has not pushed a whole listing yet.',
    'Start the agent inside the network; it pushes at its start. Its own status says what is in the way.',
  )
}

/** Throws when no site is chosen. */
function keyOf({ tenantId, settings }: Input): { readonly tenantId: string; readonly agentId: string } {
  if (settings.agentId !== null) return { tenantId, agentId: settings.agentId }
  throw fault('connect', 'no-site', 'No site is chosen.', 'Add a site, pair its agent, and choose it here.')
}

const fault = (step: DirectoryStep, code: string, saw: string, remedy: string) =>
  new DirectoryFault({ step, code, saw, remedy })

const AWAY_MS = 120_000
const DAY_MS = 86_400_000

function checkAgent(
  input: Input,
  deps: Deps,
  { address, signal }: { readonly address: string | null; readonly signal: AbortSignal },
): Promise<readonly DirectoryCheck[]> {
  const steps: CheckStep[] = [
    { step: 'connect', run: () => checkPresence(input, deps) },
    { step: 'sign-in', run: () => checkReading(input, deps) },
    { step: 'list', run: () => checkListing(input, deps) },
    { step: 'look-up', run: () => checkLookUp(input, deps, { address, signal }) },
  ]
  return runChecks(steps, { shape: null, signal })
}

const passed = (step: DirectoryStep, saw: string): DirectoryCheck => ({
  step,
  state: 'passed',
  saw,
  remedy: null,
})

async function agentRow(input: Input, { store }: Deps) {
  const row = await findAgent(store.db, keyOf(input))
  if (row) return row
  throw fault(
    'connect',
    'no-site',
    'The site was removed.',
    'Add a site, pair its agent, and choose it here.',
  )
}

async function checkPresence(input: Input, deps: Deps): Promise<DirectoryCheck> {
  const row = await agentRow(input, deps)
  if (row.paired_at === null)
    throw fault(
      'connect',
      'not-paired',
      `No agent is paired with the site ${row.site}.`,
      'Pair it with the code of the site.',
    )
  const silentMs = deps.clock.now() - (row.last_seen_at ?? 0)
  if (silentMs > AWAY_MS)
    throw fault(
      'connect',
      'away',
      `The agent of ${row.site} was last heard of ${Math.round(silentMs / 60_000)} minutes ago.`,
      'Check that its service runs and may open HTTPS to this console. “gatepost-agent status” there says what it sees.',
    )
  return passed(
    'connect',
    `The agent of ${row.site} is connected, version ${row.version}, on ${row.host_name}.`,
  )
}

/** The agent reads the directory: what it met there is what we show. */
async function checkReading(input: Input, deps: Deps): Promise<DirectoryCheck> {
  const row = await agentRow(input, deps)
  const status = row.status === null ? null : AgentStatus.safeParse(JSON.parse(row.status))
  if (!status?.success) return passed('sign-in', 'The agent has not said yet which directory it reads.')
  const { trouble, directory } = status.data
  if (trouble !== null) throw fault('sign-in', 'agent-trouble', trouble.saw, trouble.remedy)
  return passed('sign-in', `It reads ${directory}.`)
}

async function checkListing(input: Input, deps: Deps): Promise<DirectoryCheck> {
  const push = await wholePush(input, deps)
  const hours = Math.round((deps.clock.now() - (push.completed_at ?? 0)) / 3_600_000)
  const saw = `The last whole listing has ${push.entries} entries and came ${hours === 0 ? 'within the hour' : `${hours} hours ago`}.`
  if (hours * 3_600_000 < 2 * DAY_MS) return passed('list', saw)
  return { step: 'list', state: 'warning', saw, remedy: 'Ask the agent for a new listing.' }
}

async function checkLookUp(
  input: Input,
  deps: Deps,
  { address, signal }: { readonly address: string | null; readonly signal: AbortSignal },
): Promise<DirectoryCheck> {
  if (address === null)
    return { step: 'look-up', state: 'not-run', saw: 'No address was given to look up.', remedy: null }
  const entry = await createPushReader(input, deps).lookUp(address, signal)
  if (entry !== null) return passed('look-up', `${address} is ${entry.name} (${entry.kind}).`)
  throw fault(
    'look-up',
    'unknown-address',
    `Nobody in the last listing has the address ${address}.`,
    'Check the address, or ask the agent for a new listing.',
  )
}
