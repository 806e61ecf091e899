// `directories`: where people come from; added, tested, previewed, synchronised.
import {
  acceptSyncRun,
  addConnector,
  type Connector,
  ConnectorSettings,
  getSyncRun,
  listConnectors,
  listSyncChanges,
  listSyncRuns,
  type SyncRun,
  syncConnector,
  testConnector,
} from '@gatepost/contract/directory.ts'
import { readText } from '#platform/files.ts'
import { type Command, CommandFailed, type Context, command, numberOf, UsageError } from '../command.ts'
import { checkList, table } from '../layout.ts'
import { timeOf, wordOf } from '../words.ts'

const ASK_AGAIN_MS = 500
const TEST_MS_MAX = 130_000
/** Reading a large directory behind a slow line takes its time. */
const RUN_MS_MAX = 40 * 60_000

export const directoryCommands: readonly Command[] = [
  command({ path: 'directories list', means: 'Directories with state, last and next run.', run: list }),
  command({
    path: 'directories add',
    args: ['NAME'],
    flags: [
      { name: 'host', value: 'HOST', means: 'Server of an LDAP directory.' },
      { name: 'port', value: 'PORT', means: 'Default: 636.' },
      { name: 'encryption', value: 'WAY', means: 'tls, start-tls or none. Default: tls.' },
      { name: 'certificate', value: 'HOW', means: 'strict, pinned or relaxed. Default: strict.' },
      { name: 'authority', value: 'FILE', means: 'PEM of an authority of your own.' },
      { name: 'account', value: 'NAME', means: 'Account that reads: user principal name or DN.' },
      { name: 'base-dn', value: 'DN', means: 'Everything below is read.' },
      { name: 'filter', value: 'FILTER', means: 'Narrows which people are read.' },
      {
        name: 'settings',
        value: 'FILE',
        means: 'Settings as JSON, for every kind; takes the place of the above.',
      },
      {
        name: 'secret',
        value: 'FILE',
        means: 'File with the password or key: one never stands on a command line.',
      },
    ],
    means: 'Adds a directory. Nothing is read before its first preview.',
    run: add,
  }),
  command({
    path: 'directories test',
    args: ['NAME'],
    flags: [{ name: 'address', value: 'ADDRESS', means: 'An address to look up.' }],
    means: 'Resolves, connects, signs in, lists. Exit code 1 unless all passed.',
    run: test,
  }),
  command({
    path: 'directories preview',
    args: ['NAME'],
    means: 'Reads the directory and shows what would change. Exit code 1 when it cannot.',
    run: (context) => synchronise(context, true),
  }),
  command({
    path: 'directories accept',
    args: ['NAME'],
    flags: [
      { name: 'removals', value: 'COUNT', means: 'The exact number that goes, where a brake asks for it.' },
    ],
    means: 'Carries the last preview out.',
    run: accept,
  }),
  command({
    path: 'directories sync',
    args: ['NAME'],
    means: 'Synchronises now. Exit code 1 unless it was done.',
    run: (context) => synchronise(context, false),
  }),
  command({ path: 'directories history', args: ['NAME'], means: 'Runs, newest first.', run: history }),
  command({ path: 'directories changes', args: ['NAME'], means: 'What the last run changed.', run: changes }),
]

async function list({ call, tenant, show }: Context): Promise<number> {
  const answer = await call(listConnectors, { params: { tenant: await tenant() } })
  show(answer.items, () => {
    const rows = answer.items.map(({ name, kind, state, entries, lastRun, nextRunAt }) => [
      name,
      kind,
      state,
      String(entries),
      lastRun === null ? '–' : `${lastRun.state} ${timeOf(lastRun.startedAt)}`,
      nextRunAt === null ? '–' : timeOf(nextRunAt),
    ])
    const heads = ['Name', 'Kind', 'State', 'Entries', 'Last run', 'Next run']
    const text = table(heads, rows, 'There is no directory yet. Add one with: gatepost directories add NAME')
    return answer.removalsStopped === null ? text : `${text}${answer.removalsStopped}\n`
  })
  return 0
}

async function add({ call, tenant, arg, flag, show }: Context): Promise<number> {
  const settings = settingsOf(flag)
  const secretFile = flag('secret')
  const secret = secretFile === undefined ? undefined : fileText(secretFile).replace(/\r?\n$/, '')
  const body = { name: arg(0), settings, ...(secret === undefined ? {} : { secret }) }
  const connector = await call(addConnector, { params: { tenant: await tenant() }, body })
  show(connector, () => `${connector.name} is added. Next: gatepost directories test "${connector.name}"\n`)
  return 0
}

function settingsOf(flag: Context['flag']): ConnectorSettings {
  const file = flag('settings')
  const given =
    file === undefined
      ? {
          kind: 'ldap',
          host: flag('host') ?? '',
          port: numberOf(flag('port') ?? '636', '--port'),
          encryption: flag('encryption') ?? 'tls',
          certificate: flag('certificate') ?? 'strict',
          authority: flag('authority') === undefined ? null : fileText(flag('authority') ?? ''),
          userName: flag('account') ?? '',
          baseDn: flag('base-dn') ?? '',
          filter: flag('filter') ?? null,
        }
      : jsonOf(file)
  const parsed = ConnectorSettings.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`settings: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'cannot be read'}`)
}

async function test(context: Context): Promise<number> {
  const { call, flag, show, clock } = context
  const tenant = await context.tenant()
  const { id } = await connectorOf(context, tenant)
  const address = flag('address')
  const params = { tenant, connector: id }
  let connector = await call(testConnector, { params, body: address === undefined ? {} : { address } })
  const deadline = clock.now() + TEST_MS_MAX
  while (connector.lastTest?.state === 'running' && clock.now() < deadline) {
    await clock.sleep(ASK_AGAIN_MS)
    connector = await connectorOf(context, tenant)
  }
  const last = connector.lastTest
  show(
    connector,
    () =>
      `${connector.name}: ${wordOf(last?.passed ? 'passed' : 'failed')}\n${checkList(last?.checks ?? [])}`,
  )
  return last?.passed ? 0 : 1
}

async function synchronise(context: Context, preview: boolean): Promise<number> {
  const { call, show } = context
  const tenant = await context.tenant()
  const { id, name } = await connectorOf(context, tenant)
  const begun = await call(syncConnector, { params: { tenant, connector: id }, body: { preview } })
  const run = await finished(context, tenant, begun)
  show(run, () => `${name}: ${sentenceOf(run)}\n${run.state === 'previewed' ? nextOf(name, run) : ''}`)
  return run.state === 'done' || run.state === 'previewed' ? 0 : 1
}

async function accept(context: Context): Promise<number> {
  const { call, flag, show } = context
  const tenant = await context.tenant()
  const { id, name, lastRun } = await connectorOf(context, tenant)
  if (lastRun?.state !== 'previewed')
    throw new CommandFailed(`No preview waits. Make one with: gatepost directories preview "${name}"`)
  const removals = flag('removals')
  const body = removals === undefined ? {} : { removals: numberOf(removals, '--removals') }
  const begun = await call(acceptSyncRun, { params: { tenant, connector: id, run: lastRun.id }, body })
  const run = await finished(context, tenant, begun)
  show(run, () => `${name}: ${sentenceOf(run)}\n`)
  return run.state === 'done' ? 0 : 1
}

async function history(context: Context): Promise<number> {
  const { call, show } = context
  const tenant = await context.tenant()
  const { id } = await connectorOf(context, tenant)
  const { items } = await call(listSyncRuns, { params: { tenant, connector: id }, query: { limit: 50 } })
  show(items, () =>
    table(
      ['Started', 'By', 'State', 'What'],
      items.map((run) => [timeOf(run.startedAt), run.startedBy, run.state, sentenceOf(run)]),
      'Nothing has run yet.',
    ),
  )
  return 0
}

async function changes(context: Context): Promise<number> {
  const { call, show } = context
  const tenant = await context.tenant()
  const { id, lastRun } = await connectorOf(context, tenant)
  if (lastRun === null) throw new CommandFailed('Nothing has run yet.')
  const params = { tenant, connector: id, run: lastRun.id }
  const { items, next } = await call(listSyncChanges, { params, query: { limit: 500 } })
  show(items, () => {
    const rows = items.map(({ change, name, email, fields, outcome, why }) => [
      change,
      email ?? name,
      fields.map(({ field, before, after }) => `${field}: ${before} → ${after}`).join('; '),
      why === null ? outcome : `${outcome}: ${why}`,
    ])
    const text = table(['Change', 'Who', 'What', 'Outcome'], rows, 'Nothing was to change.')
    return next === null ? text : `${text}More stand on the page of the run.\n`
  })
  return 0
}

async function finished({ call, clock }: Context, tenant: string, begun: SyncRun): Promise<SyncRun> {
  let run = begun
  const deadline = clock.now() + RUN_MS_MAX
  while ((run.state === 'reading' || run.state === 'applying') && clock.now() < deadline) {
    await clock.sleep(ASK_AGAIN_MS)
    run = await call(getSyncRun, { params: { tenant, connector: run.connectorId, run: run.id } })
  }
  return run
}

function sentenceOf(run: SyncRun): string {
  const counts = `${run.adds} new, ${run.changes} changed, ${run.leaving} leaving, ${run.removals} to remove`
  const more = [run.held > 0 ? `${run.held} held back` : '', run.skipped > 0 ? `${run.skipped} left out` : '']
  const text = [counts, ...more.filter((part) => part !== '')].join(', ')
  return run.why === null ? `${run.state}: ${text}` : `${run.state}: ${run.why} ${run.remedy ?? ''} (${text})`
}

function nextOf(name: string, run: SyncRun): string {
  const yes = run.needsYes ? ` --removals ${run.leaving + run.removals}` : ''
  return `Nothing is changed yet. Look: gatepost directories changes "${name}". Then: gatepost directories accept "${name}"${yes}\n`
}

async function connectorOf({ call, arg }: Context, tenant: string): Promise<Connector> {
  const { items } = await call(listConnectors, { params: { tenant } })
  const found = items.find(({ id, name }) => id === arg(0) || name.toLowerCase() === arg(0).toLowerCase())
  if (!found) throw new CommandFailed(`No directory is named “${arg(0)}”. See: gatepost directories list`)
  return found
}

function fileText(path: string): string {
  const text = readText(path)
  if (text === null) throw new CommandFailed(`${path} cannot be read`)
  return text
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(fileText(path))
  } catch (error) {
    if (error instanceof SyntaxError) throw new CommandFailed(`${path} holds no JSON`)
    throw error
  }
}
