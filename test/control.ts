// Control in this process for tests: SQLite and tracking in a temporary folder, made-up DNS, an edge that
// answers.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endpoints } from '@gatepost/contract/endpoints.ts'
import type { Role } from '@gatepost/contract/permission.ts'
import { loadBootConfig } from '@gatepost/server/boot/config.ts'
import { AgentDesk } from '@gatepost/server/control/agent/desk.ts'
import { ExportRunner } from '@gatepost/server/control/archive/export.ts'
import { openArchive } from '@gatepost/server/control/archive/open.ts'
import { accessOf } from '@gatepost/server/control/auth/access.ts'
import { SignInAttempts } from '@gatepost/server/control/auth/attempts.ts'
import { findSignedIn } from '@gatepost/server/control/auth/auth.ts'
import { noDirectory } from '@gatepost/server/control/auth/deps.ts'
import { createPasswords } from '@gatepost/server/control/auth/password.ts'
import { openSession } from '@gatepost/server/control/auth/session.ts'
import { ContactRunner } from '@gatepost/server/control/contacts/runner.ts'
import { SyncRunner } from '@gatepost/server/control/directory/sync.ts'
import { OperatorVisits } from '@gatepost/server/control/role/visits.ts'
import type { EdgeLink } from '@gatepost/server/control/scope.ts'
import { KeyRotation } from '@gatepost/server/control/secret/rotation.ts'
import { findBearer } from '@gatepost/server/control/token/bearer.ts'
import { openTracking } from '@gatepost/server/control/tracking/tracking.ts'
import { silentEmit } from '@gatepost/server/events/emit.ts'
import { createApp } from '@gatepost/server/http/app.ts'
import { createBindings } from '@gatepost/server/http/handlers/bindings.ts'
import type { HandlerDeps } from '@gatepost/server/http/handlers/deps.ts'
import type { SignedIn } from '@gatepost/server/http/request.ts'
import { NO_CONTENT } from '@gatepost/server/link/content-orders.ts'
import type { Order, OrderResult } from '@gatepost/server/link/orders.ts'
import { agentPrograms, contactPrograms, createPrograms } from '@gatepost/server/platform/agent-programs.ts'
import { systemClock } from '@gatepost/server/platform/clock.ts'
import { ensureFolder } from '@gatepost/server/platform/files.ts'
import type { Machine } from '@gatepost/server/platform/machine.ts'
import { newId } from '@gatepost/server/platform/random.ts'
import { ensureMasterKey, openSecretBox } from '@gatepost/server/platform/secret-box.ts'
import { openStore } from '@gatepost/server/store/open.ts'
import { type MadeUpDns, madeUpDns } from './store/made-up-dns.ts'

export type TestControl = {
  readonly deps: HandlerDeps
  readonly dns: MadeUpDns
  /** Messages that wait on the edge, by `TENANT MESSAGE`. */
  readonly waiting: Map<string, Uint8Array>
  /** The console's application, or one in which everybody is `as`. */
  app(as?: () => Promise<SignedIn>): ReturnType<typeof createApp>
  /** Adds a person with a role in a tenant (none: null) and signs it in; returns its cookie. */
  person(options: {
    readonly tenantId: string
    readonly role: Role | null
    readonly operator?: boolean
  }): Promise<string>
}

const machine: Machine = {
  greeting: async () => ({ kind: 'greeting', text: '220 mx.gate.example ESMTP Gatepost' }),
  addresses: () => ['127.0.0.1', '203.0.113.5'],
  space: () => ({ freeBytes: 60e9, totalBytes: 100e9 }),
}

/** Runs `work` with a control that is taken down afterwards; `other` stands in for parts of it. */
export async function withControl(
  work: (control: TestControl) => Promise<void>,
  other: Partial<Pick<HandlerDeps, 'clock' | 'dns'>> = {},
): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'gatepost-control-'))
  const clock = other.clock ?? systemClock
  const emit = silentEmit
  const env = new Map([
    ['GATEPOST_DATA', data],
    ['GATEPOST_HOSTNAME', 'mx.gate.example'],
  ])
  const config = loadBootConfig({ env, file: null })
  const store = await openStore({ database: null, dataFolder: data, clock, emit })
  const tracking = await openTracking({ store, database: null, dataFolder: data, clock, emit })
  const dns = madeUpDns()
  const keyFile = join(data, 'keys', 'master.key')
  ensureFolder(join(data, 'keys'))
  ensureMasterKey(keyFile)
  const secrets = openSecretBox(keyFile)
  const waiting = new Map<string, Uint8Array>()
  const link = answeringEdge(waiting)
  const needed = {
    keys: new KeyRotation({ store, clock, secrets, link, keyFile }),
    store,
    clock,
    emit,
    config,
    tracking,
    machine,
    dns: other.dns ?? dns.dns,
    link,
    passwords: createPasswords(),
    secrets,
    attempts: new SignInAttempts(clock),
    directorySignIn: noDirectory,
    url: 'http://localhost:8080/',
    agents: new AgentDesk(),
    agentVersion: '0.1.0',
    programs: createPrograms('/nowhere', agentPrograms),
    contactPrograms: createPrograms('/nowhere', contactPrograms),
    listening: [{ role: 'mx' as const, host: '0.0.0.0', port: 25 }],
  }
  const directories = new SyncRunner(needed)
  const contacts = new ContactRunner(needed)
  const archive = openArchive({ store, clock, emit, secrets, config })
  const exports = new ExportRunner({ ...needed, archive })
  const deps: HandlerDeps = { ...needed, contacts, directories, archive, exports }
  try {
    await work({
      deps,
      dns,
      waiting,
      app: (as) => appOf(deps, as),
      person: (options) => addPerson(deps, options),
    })
  } finally {
    await directories.close()
    await contacts.close()
    await archive.close()
    await tracking.close()
    await store.close()
    await rm(data, { recursive: true, force: true, maxRetries: 5 })
  }
}

function appOf(deps: HandlerDeps, as?: () => Promise<SignedIn>): ReturnType<typeof createApp> {
  const visits = new OperatorVisits(deps)
  return createApp({
    bindings: createBindings(deps),
    endpoints,
    version: '0.0.0',
    files: { respond: () => new Response('the console') },
    hosts: new Set(['localhost']),
    sso: deps,
    emit: deps.emit,
    now: deps.clock.now,
    trustedProxies: [],
    findSession: (secret) => (as ? as() : findPerson(deps, secret)),
    findBearer: (bearer, from) => findBearer(bearer, from, deps),
    noteVisit: (scope, sessionId) => visits.note(scope, sessionId),
    noteRefusal: (scope, endpoint) => visits.refused(scope, endpoint),
    ready: async () => ({ ok: true, why: null }),
    metrics: async () => '# EOF\n',
  })
}

async function findPerson(deps: HandlerDeps, secret: string): Promise<SignedIn | null> {
  const signedIn = await findSignedIn(secret, deps)
  if (!signedIn) return null
  return { ...signedIn, tenants: await accessOf(deps.store.db, signedIn.person.id) }
}

async function addPerson(
  { store, clock }: HandlerDeps,
  { tenantId, role, operator = false }: Parameters<TestControl['person']>[0],
): Promise<string> {
  const now = clock.now()
  const id = newId('adm', now)
  const email = `${id}@people.example`
  const row = {
    id,
    email,
    email_key: email,
    name: role ?? 'nobody',
    password: '',
    created_at: now,
    updated_at: now,
  }
  await store.db
    .insertInto('person')
    .values({ ...row, operator: operator ? 1 : 0 })
    .execute()
  if (role !== null) {
    await store.db
      .insertInto('role_binding')
      .values({ tenant_id: tenantId, person_id: id, role, created_at: now })
      .execute()
  }
  const session = { personId: id, from: '192.0.2.1', userAgent: 'test', now }
  return `gatepost=${(await openSession(store.db, session)).secret}`
}

/** An edge that does what it is told, and says so. */
function answeringEdge(waiting: ReadonlyMap<string, Uint8Array>): EdgeLink {
  const answer = async (order: Order): Promise<OrderResult> => {
    if (order.kind === 'fetch-content') {
      const kept = waiting.get(`${order.tenantId} ${order.messageId}`)
      if (kept === undefined) return NO_CONTENT
      const content = Buffer.from(kept.subarray(order.from, order.from + order.octets)).toString('base64')
      return { kind: 'fetch-content', found: true, size: kept.length, content }
    }
    if (order.kind === 'retry') return { kind: 'retry', recipients: 1 }
    if (order.kind === 'queue-list') return { kind: 'queue-list', items: [], next: null }
    if (order.kind === 'queue-act') {
      return { kind: 'queue-act', found: 1, messages: 1, recipients: 1, busy: 0, withheld: 0, next: null }
    }
    if (order.kind === 'greylist-list') return { kind: 'greylist-list', items: [], next: null, waiting: 0 }
    if (order.kind === 'greylist-decide') return { kind: 'greylist-decide' }
    if (order.kind === 'submit') return { kind: 'submit', messageId: newId('msg', systemClock.now()) }
    const result = { state: 'passed', saw: 'as expected', remedy: null, durationMs: 1 } as const
    const checks = [
      'resolve',
      'connect',
      'greeting',
      'tls',
      'recipient',
      'unknown-recipient',
      'message',
    ] as const
    return { kind: 'probe-route', results: checks.map((check) => ({ check, ...result })) }
  }
  return {
    order: answer,
    orderFor: (_place, order) => answer(order),
    orderAll: async (order) => ({
      answers: [{ node: 'node-1', slot: 0, result: await answer(order) }],
      unreachable: [],
    }),
    edges: () => [{ node: 'node-1', slot: 0, version: 1, seenAt: systemClock.now() }],
    version: () => 1,
    coveringVersion: () => 1,
    settingsChanged: () => {},
  }
}
