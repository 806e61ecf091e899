// The control role, wired: store, tracking, link, use cases, Connect's checker, and the HTTP application
// twice:
// on the console's port for people, and on data/run/admin.sock for the command line of whoever owns the data
// folder.
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import { createAdaptorServer } from '@hono/node-server'
import { SignInAttempts } from '#control/auth/attempts.ts'
import { findSignedIn, meOf } from '#control/auth/auth.ts'
import { localOperator } from '#control/auth/local-operator.ts'
import { createPasswords } from '#control/auth/password.ts'
import { watchConnect } from '#control/connect/checker.ts'
import { startLink } from '#control/publishing/start.ts'
import { watchReadiness } from '#control/readiness/readiness.ts'
import { openSetup } from '#control/setup/setup.ts'
import { openTracking } from '#control/tracking/tracking.ts'
import { openMetrics } from '#events/metrics.ts'
import { type AppOptions, createApp } from '#http/app.ts'
import { createBindings } from '#http/handlers/bindings.ts'
import type { SignedIn } from '#http/request.ts'
import { openStaticFiles } from '#http/static.ts'
import { systemClock } from '#platform/clock.ts'
import { createDns } from '#platform/dns.ts'
import { removeFile, restrictFile } from '#platform/files.ts'
import { systemMachine } from '#platform/machine.ts'
import { openStore } from '#store/open.ts'
import type { RoleOptions, Running } from './child.ts'
import { consoleUrl } from './supervisor.ts'

const WEB = fileURLToPath(new URL('../../../web/dist', import.meta.url))
const CLOSE_MS = 2_000 // Requests under way get this long at the end.

/** Starts control; resolves when console, socket and link answer. */
export async function startControl(options: RoleOptions): Promise<Running> {
  const { config, emit, listening, metrics } = options
  const clock = systemClock
  const stopped = new AbortController()
  const dns = createDns({ clock, resolver: config.dns.resolver, authoritative: config.dns.authoritative })
  const store = await openStore({ database: config.database, dataFolder: config.data, clock, emit })
  const tracking = await openTracking({
    store,
    database: config.database,
    dataFolder: config.data,
    clock,
    emit,
  })
  const socketPath = join(config.data, 'run', 'link.sock')
  const { link, close: closeLink } = await startLink({ socketPath, store, tracking, clock, emit })
  const url = consoleUrl(config, listening)
  const auth = { store, clock, emit, passwords: createPasswords(), attempts: new SignInAttempts(clock) }
  const deps = { ...auth, dns, link, config, tracking, listening, url, machine: systemMachine }
  const findSession = async (secret: string): Promise<SignedIn | null> => {
    const signedIn = await findSignedIn(secret, auth)
    if (!signedIn) return null
    const { tenants } = await meOf(signedIn.person.id, auth)
    return { ...signedIn, tenants }
  }
  const app: AppOptions = {
    bindings: createBindings(deps),
    endpoints,
    version: version(),
    files: openStaticFiles(WEB),
    hosts: hostsOf(url),
    emit,
    now: clock.now,
    trustedProxies: config.http.trustedProxies,
    findSession,
    ready: async () => {
      const edges = link.edges().length
      return edges > 0 ? { ok: true, why: null } : { ok: false, why: 'no edge has reported yet' }
    },
    metrics: async () => openMetrics(metrics.counters(), new Map([['gatepost_edges', link.edges().length]])),
  }
  const http = listening.find(({ role }) => role === 'http')
  const console = createAdaptorServer({ fetch: createApp(app).fetch }) as Server
  await listen(console, { host: http?.host ?? '127.0.0.1', port: http?.port ?? 0 })
  const adminPath = join(config.data, 'run', 'admin.sock')
  removeFile(adminPath)
  const admin = createAdaptorServer({
    fetch: createApp({ ...app, hosts: new Set(['localhost']), findSession: () => localOperator(store) })
      .fetch,
  }) as Server
  await listen(admin, { path: adminPath })
  restrictFile(adminPath)
  const loops = [watchConnect(deps, stopped.signal), watchReadiness(deps, stopped.signal)]
  const token = await openSetup(auth)
  return {
    setupUrl: token === null ? null : `${url}setup#token=${token}`,
    async stop() {
      stopped.abort()
      await Promise.all([closeServer(console), closeServer(admin), ...loops])
      await closeLink()
      await tracking.close()
      await store.close()
    },
  }
}

/** Names the console answers to: loopback, and the host of `GATEPOST_URL`. */
function hostsOf(url: string): ReadonlySet<string> {
  return new Set(['localhost', '127.0.0.1', '[::1]', new URL(url).hostname])
}

function listen(server: Server, where: { host: string; port: number } | { path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => resolve())
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), CLOSE_MS).unref()
  })
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url)
  return String(JSON.parse(readFileSync(file, 'utf8')).version)
}
