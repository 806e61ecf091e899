// The control role, wired: store, tracking, link, use cases, Connect's checker, and the HTTP application on
// two doors: the console's port for people, data/run/admin.sock for the command line of the folder's owner.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import { localEndpoints } from '@gatepost/contract/operations.ts'
import { consoleUrl } from '#boot/console-url.ts'
import { masterKeyOf } from '#boot/master-key.ts'
import { AgentDesk } from '#control/agent/desk.ts'
import { watchAlerts } from '#control/alert/watch.ts'
import { ExportRunner } from '#control/archive/export.ts'
import { watchArchive } from '#control/archive/nightly.ts'
import { openArchive } from '#control/archive/open.ts'
import { accessOf } from '#control/auth/access.ts'
import { SignInAttempts } from '#control/auth/attempts.ts'
import { type AuthDeps, findSignedIn } from '#control/auth/auth.ts'
import { createDirectorySignIn } from '#control/auth/directory-sign-in.ts'
import { localOperator } from '#control/auth/local-operator.ts'
import { createPasswords } from '#control/auth/password.ts'
import { createBackups } from '#control/backup/backup.ts'
import { findChallenge } from '#control/certificate/store.ts'
import { watchCertificates } from '#control/certificate/watch.ts'
import { watchConnect } from '#control/connect/checker.ts'
import { createKnock, type KnockDeps } from '#control/connect/knock.ts'
import { ContactRunner, watchContacts } from '#control/contacts/runner.ts'
import { watchDigests } from '#control/digest/watch.ts'
import { SyncRunner } from '#control/directory/sync.ts'
import { watchDirectories } from '#control/directory/watch.ts'
import { watchKnownAuthors } from '#control/first-contact/learn.ts'
import { watchFirstContactSeeds } from '#control/first-contact/seed.ts'
import { watchGreylist } from '#control/greylist/reports.ts'
import { watchDeferred } from '#control/hold/judge-again.ts'
import { watchDepartures } from '#control/leaving/erase.ts'
import { watchRanges } from '#control/outbound/ranges.ts'
import { ensureDefaults } from '#control/policy/defaults.ts'
import { watchUsage } from '#control/portfolio/usage.ts'
import { startLink } from '#control/publishing/start.ts'
import { watchReadiness } from '#control/readiness/readiness.ts'
import { watchRetention } from '#control/retention/nightly.ts'
import { OperatorVisits } from '#control/role/visits.ts'
import { watchSpamLessons } from '#control/screening/add-up.ts'
import { reportIntake } from '#control/screening/report-letters.ts'
import { KeyRotation } from '#control/secret/rotation.ts'
import { watchAutoAllow } from '#control/sender/auto-allow.ts'
import { watchSenderSearch } from '#control/sender/trailing.ts'
import { openSetup } from '#control/setup/setup.ts'
import { watchSigning } from '#control/signing/watch.ts'
import { findBearer } from '#control/token/bearer.ts'
import { openTracking } from '#control/tracking/tracking.ts'
import { watchAwaited } from '#control/where/watch.ts'
import type { AppOptions } from '#http/app.ts'
import { createBindings } from '#http/handlers/bindings.ts'
import { operationsBindings } from '#http/handlers/operations.ts'
import type { SignedIn } from '#http/request.ts'
import { openStaticFiles } from '#http/static.ts'
import type { ReportedMailSink } from '#link/archive-upload.ts'
import { agentPrograms, contactPrograms, createPrograms } from '#platform/agent-programs.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { createDns } from '#platform/dns.ts'
import { fetchJson } from '#platform/fetch-json.ts'
import { systemMachine } from '#platform/machine.ts'
import { openSecretBox } from '#platform/secret-box.ts'
import { gatepostVersion } from '#platform/version.ts'
import { SCHEMA_VERSION } from '#spool/database.ts'
import { openStore, type Store } from '#store/open.ts'
import type { RoleOptions, Running } from './child.ts'
import { nodeMetrics } from './control-figures.ts'
import { openDoors } from './doors.ts'
import { readiness } from './ready.ts'

const WEB = fileURLToPath(new URL('../../../web/dist', import.meta.url))
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))

/** Starts control; resolves when console, socket and link answer. */
export async function startControl(options: RoleOptions): Promise<Running> {
  const { config, emit, listening } = options
  const clock = systemClock
  const stopped = new AbortController()
  const stored = { database: config.database, dataFolder: config.data, clock, emit }
  const store = await openStore(stored)
  let settingsChanged = (): void => {}
  const tracking = await openTracking({ ...stored, store, peopleChanged: () => settingsChanged() })
  const socketPath = join(config.data, 'run', 'link.sock')
  const expected = Array.from({ length: options.workers }, (_, slot) => ({ node: options.node, slot }))
  await ensureDefaults({ store, clock })
  const secrets = openSecretBox(masterKeyOf(config))
  const archive = openArchive({ store, clock, emit, secrets, config })
  // Learning from reports asks the link, which brings them.
  let reported: ReportedMailSink | null = null
  const whenReady: ReportedMailSink = {
    take: (upload, chunks) => {
      if (reported === null) throw new Error('control is still starting')
      return reported.take(upload, chunks)
    },
  }
  const linked = { socketPath, store, tracking, archive, reported: whenReady, clock, emit, expected }
  const { link, board, close } = await startLink(linked)
  settingsChanged = () => link.settingsChanged()
  const url = consoleUrl(config, listening)
  const deps = depsOf(options, { store, tracking, archive, link, secrets, url })
  reported = reportIntake(deps)
  const visits = new OperatorVisits(deps)
  const app: AppOptions = {
    bindings: createBindings(deps),
    endpoints,
    version: gatepostVersion(),
    files: openStaticFiles(WEB),
    hosts: hostsOf(url),
    sso: deps,
    findChallenge: (token) => findChallenge(store.db, token, clock.now()),
    consent: { ...deps, fetchJson },
    emit,
    now: clock.now,
    trustedProxies: config.http.trustedProxies,
    findSession: (secret) => findPerson(secret, deps),
    findBearer: (bearer, from) => findBearer(bearer, from, deps),
    noteVisit: (scope, sessionId) => visits.note(scope, sessionId),
    noteRefusal: (scope, endpoint) => visits.refused(scope, endpoint),
    ready: () => readiness({ askStore: () => meetStore(store), link, board, clock }),
    metrics: async () => nodeMetrics({ ...options, board, link }),
  }
  const copied = { link, archive, clock, version: app.version, spoolSchema: SCHEMA_VERSION }
  const backups = createBackups({ ...options, ...copied })
  const operations = operationsBindings({ backups, restart: options.restart })
  const forOwner = forOwnerOf(app, store, operations)
  const closeDoors = await openDoors(options, app, forOwner)
  const loops = loopsOf(deps, stopped.signal)
  const token = await openSetup(deps)
  return {
    setupUrl: token === null ? null : `${url}setup#token=${token}`,
    async stop() {
      stopped.abort()
      await Promise.all([closeDoors(), ...loops])
      await close()
      await archive.close()
      await tracking.close()
      await store.close()
    },
  }
}

/** What use cases are given, and what runs for them by itself. */
function depsOf(
  { config, emit, listening }: RoleOptions,
  opened: {
    readonly store: Store
    readonly tracking: Awaited<ReturnType<typeof openTracking>>
    readonly archive: ReturnType<typeof openArchive>
    readonly link: Awaited<ReturnType<typeof startLink>>['link']
    readonly secrets: ReturnType<typeof openSecretBox>
    readonly url: string
  },
) {
  const { store, tracking, archive, link, secrets, url } = opened
  const clock = systemClock
  const dns = createDns({ clock, resolver: config.dns.resolver, authoritative: config.dns.authoritative })
  const machine = systemMachine
  const reach = { store, clock, emit, secrets, dns, link, config, listening, machine }
  const agents = {
    agents: new AgentDesk(),
    agentVersion: gatepostVersion(),
    programs: createPrograms(ROOT, agentPrograms),
  }
  const directorySignIn = createDirectorySignIn({ ...reach, ...agents })
  const auth = { ...signInDeps(clock), ...reach, directorySignIn, url }
  const keys = new KeyRotation({ store, clock, secrets, link, keyFile: masterKeyOf(config) })
  const needed = { ...auth, ...agents, tracking, keys }
  const directories = new SyncRunner(needed)
  const contacts = new ContactRunner(needed)
  const collecting = { contacts, contactPrograms: createPrograms(ROOT, contactPrograms) }
  const archiving = { archive, exports: new ExportRunner({ ...reach, archive }) }
  return { ...needed, ...collecting, ...archiving, directories }
}

/** The application for the owner of the folder: everything, and what is done on this machine alone. */
function forOwnerOf(app: AppOptions, store: Store, bindings: AppOptions['bindings']): AppOptions {
  return {
    ...app,
    sso: null,
    consent: null,
    endpoints: [...endpoints, ...localEndpoints],
    bindings: [...app.bindings, ...bindings],
    hosts: new Set(['localhost']),
    findSession: () => localOperator(store),
  }
}

/** Work that goes on by itself, each until the signal aborts. */
function loopsOf(deps: LoopDeps, signal: AbortSignal): readonly Promise<void>[] {
  return [
    watchConnect({ ...deps, knock: createKnock(deps) }, signal),
    watchAlerts(deps, signal),
    watchCertificates(deps, signal),
    watchReadiness(deps, signal),
    watchRetention(deps, signal),
    watchArchive(deps, signal),
    deps.exports.run(signal),
    watchGreylist(deps, signal),
    watchKnownAuthors(deps, signal),
    watchFirstContactSeeds(deps, signal),
    watchAwaited(deps, signal),
    watchDeferred(deps, signal),
    watchDigests(deps, signal),
    watchSigning(deps, signal),
    watchAutoAllow(deps, signal),
    watchSenderSearch(deps, signal),
    watchSpamLessons(deps, signal),
    watchUsage(deps, signal),
    watchDepartures(deps, signal),
    watchDirectories(deps, signal),
    watchContacts(deps, signal),
    watchRanges({ ...deps, fetchJson }, signal),
  ]
}

type LoopDeps = Parameters<typeof watchConnect>[0] &
  Parameters<typeof watchDeferred>[0] &
  Parameters<typeof watchArchive>[0] & { readonly exports: ExportRunner } & Parameters<
    typeof watchAwaited
  >[0] &
  KnockDeps &
  Parameters<typeof watchUsage>[0] &
  Parameters<typeof watchFirstContactSeeds>[0] &
  Parameters<typeof watchCertificates>[0] &
  Parameters<typeof watchDepartures>[0] &
  Parameters<typeof watchAlerts>[0] &
  Parameters<typeof watchReadiness>[0] &
  Parameters<typeof watchSigning>[0] &
  Parameters<typeof watchRetention>[0] &
  Parameters<typeof watchDirectories>[0] &
  Parameters<typeof watchContacts>[0] &
  Omit<Parameters<typeof watchRanges>[0], 'fetchJson'>

function signInDeps(clock: Clock) {
  return { passwords: createPasswords(), attempts: new SignInAttempts(clock) }
}

/** Who a session's secret stands for, with the organisations it may act in. */
async function findPerson(secret: string, auth: AuthDeps): Promise<SignedIn | null> {
  const signedIn = await findSignedIn(secret, auth)
  if (!signedIn) return null
  return { ...signedIn, tenants: await accessOf(auth.store.db, signedIn.person.id) }
}

/** A small question that only a working store answers. */
function meetStore(store: Store): Promise<unknown> {
  return store.db.selectFrom('tenant').select('id').limit(1).execute()
}

/** Names the console answers to: loopback, and the host of `GATEPOST_URL`. */
function hostsOf(url: string): ReadonlySet<string> {
  return new Set(['localhost', '127.0.0.1', '[::1]', new URL(url).hostname])
}
