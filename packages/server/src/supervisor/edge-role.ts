// The edge role, wired: link, spool, policies' sources, listeners and delivery. Accepts and delivers with
// control away.
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { masterKeyOf } from '#boot/master-key.ts'
import type { BringToArchive } from '#delivery/archiving.ts'
import { type CallForward, callForwardOf } from '#delivery/call-forward.ts'
import { Logins } from '#delivery/login/logins.ts'
import { probeRoute } from '#delivery/probe.ts'
import { probeSelf } from '#delivery/probe-self.ts'
import { recheckWith } from '#delivery/recheck.ts'
import { Scheduler } from '#delivery/scheduler.ts'
import { createStamper } from '#delivery/stamp.ts'
import { probeTls } from '#delivery/tls/probe-tls.ts'
import { Edge } from '#edge/edge.ts'
import { explain } from '#edge/explain.ts'
import { Listener } from '#edge/listener.ts'
import type { Emit } from '#events/emit.ts'
import { createScreener } from '#facts/screening/screener.ts'
import type { Screener } from '#facts/screening/screening.ts'
import { archiveUploader } from '#link/archive-upload.ts'
import { createLinkClient } from '#link/client.ts'
import { followSnapshots } from '#link/follower.ts'
import { SnapshotHolder } from '#link/holder.ts'
import { pumpMeasurements } from '#link/measurements.ts'
import type { Order, OrderResult } from '#link/orders.ts'
import { pumpOrders, pumpReports } from '#link/pumps.ts'
import { openReplica } from '#link/replica.ts'
import type { AllowedAhead } from '#link/replica-ahead.ts'
import type { ReplicaWriterData, ToReplicaWriter } from '#link/replica-writer.ts'
import { systemClock } from '#platform/clock.ts'
import { createDns } from '#platform/dns.ts'
import type { Dns } from '#platform/dns-types.ts'
import { readText, replaceFile } from '#platform/files.ts'
import { openSecretBox } from '#platform/secret-box.ts'
import type { TlsMaterial } from '#platform/tls.ts'
import { adoptSpools, openSpool } from '#spool/open.ts'
import type { QueueSpool } from '#spool/queue.ts'
import type { ThreadSpool } from '#spool/thread-spool.ts'
import type { RoleOptions, Running } from './child.ts'
import { createEdgeBackup } from './edge-backup.ts'
import { measureEdge } from './edge-figures.ts'
import { type KeptGreylist, keepGreylist } from './edge-greylist.ts'
import { carryOut } from './edge-orders.ts'
import { isMail, type Listening } from './messages.ts'
import { openListenerTls } from './tls-material.ts'

const SPOOL_WAIT_MS = 10_000 // A predecessor that was killed lets go at once; one that drains takes a little.
const SESSIONS_MS = 6_000 // Of the 9 s for a whole stop: sessions in DATA come to their reply …
const DELIVERY_MS = 2_000 // … and connections in flight to their outcome, longer where time is left: …
const DELIVERY_MS_MAX = 5_000 // … a host that was cut off before its 250 gets the message again.
const FIRST_SNAPSHOT_MS = 3_000 // Listening a little later spares the first senders a 451.

/** Starts one edge worker; resolves when its ports answer. */
export async function startEdge(options: RoleOptions): Promise<Running> {
  const { config, slot, workers, emit, node, listening } = options
  const clock = systemClock
  const stopped = new AbortController()
  const folder = (name: string): string => join(config.data, name)
  const tls = openListenerTls(options)
  const spool = await openSpool(folder('spool'), slot, { emit, clock, waitMs: SPOOL_WAIT_MS })
  const adopted = slot === 0 ? await adoptSpools(folder('spool'), workers, { emit, clock }) : []
  const replicaPath = join(folder('edge'), 'replica.db')
  const socketPath = join(folder('run'), 'link.sock')
  const writer = slot === 0 ? startReplicaWriter({ path: replicaPath, socketPath }, emit) : null
  const replica = openReplica(replicaPath)
  const holder = new SnapshotHolder(replica)
  const client = createLinkClient(socketPath)
  const common = { client, clock, emit, node, slot, signal: stopped.signal }
  const lastGoodPath = join(folder('edge'), 'snapshot.json')
  const following = followSnapshots({ ...common, holder, replica, lastGoodPath })
  const dns = createDns({ clock, resolver: config.dns.resolver, authoritative: config.dns.authoritative })
  const mail = listening.filter(isMail)
  const bringToArchive = archiveUploader(client, stopped.signal)
  const screener = screenerOf(options)
  const logins = new Logins({ secrets: openSecretBox(masterKeyOf(config)), clock })
  const scheduler = createScheduler(options, { spool, dns, holder, mail, logins, bringToArchive, screener })
  for (const orphan of adopted) scheduler.addSpool(orphan)
  const spools: readonly [ThreadSpool, ...ThreadSpool[]] = [spool, ...adopted]
  const callForward = createCallForward(options, { dns, holder, mail, logins })
  const greylist = keepGreylist({
    ...options,
    path: join(folder('edge'), 'greylist.db'),
    clock,
    holder,
    report: (reports) => spool.report(reports),
  })
  const allowAhead = aheadOf(options, writer)
  const served = { tls, dns, holder, spool, scheduler, greylist, callForward, allowAhead, screener }
  const edge = createEdge(options, served)
  const figures = () => measureEdge({ ...options, edge, spools, scheduler, holder })
  const pumps = [
    pumpOrders(ordersOf(options, { dns, spools, holder, mail, logins, scheduler, greylist, edge }), common),
    // What an adopted spool reports is reachable here, so it comes in this worker's name.
    ...spools.map((from) => pumpReports(from, common)),
    pumpMeasurements(figures, common),
  ]
  await firstSnapshot(holder)
  for (const at of mail) await listen(edge, at)
  return {
    setupUrl: null,
    async stop(withinMs = SESSIONS_MS) {
      const end = clock.now() + withinMs
      await edge.close({ withinMs })
      await screener.close()
      await greylist.close()
      callForward.close()
      await scheduler.stop(Math.max(DELIVERY_MS, Math.min(DELIVERY_MS_MAX, end - clock.now())))
      stopped.abort()
      writer?.postMessage('stop')
      await Promise.all([following, ...pumps])
      client.close()
      for (const one of spools) await one.close()
      replica.close()
      tls.close()
    },
  }
}

function screenerOf({ config, emit }: RoleOptions): Screener {
  return createScreener({
    emit,
    clamd: config.screening.clamd,
    scannedFileOctets: config.screening.clamdFileBytes,
    spamEngine: config.screening.spamEngine,
  })
}

function createEdge(
  { config, workers, emit }: RoleOptions,
  parts: {
    readonly tls: TlsMaterial
    readonly dns: Dns
    readonly holder: SnapshotHolder
    readonly spool: ThreadSpool
    readonly scheduler: Scheduler
    readonly greylist: KeptGreylist
    readonly callForward: CallForward
    readonly allowAhead: (entries: readonly AllowedAhead[]) => void
    readonly screener: Screener
  },
): Edge {
  const { tls, dns, holder, spool, scheduler, greylist, callForward } = parts
  return new Edge({
    hostname: config.hostname,
    limits: config.limits,
    workers,
    trustedProxies: config.proxy.trusted,
    holder,
    dns,
    spool,
    clock: systemClock,
    emit,
    greylist: greylist.greylist,
    tlsContext: () => tls.context(),
    tlsByName: () => tls.byName(),
    secrets: openSecretBox(masterKeyOf(config)),
    callForward: (question) => callForward.ask(question),
    senderPage: senderPageOf(config.http.url),
    onAccepted: (envelope, content) => scheduler.offer(envelope, content),
    allowAhead: parts.allowAhead,
    screener: parts.screener,
  })
}

/** What this worker does when control asks. */
function ordersOf(
  { config, emit }: RoleOptions,
  parts: {
    readonly dns: Dns
    readonly spools: readonly [ThreadSpool, ...ThreadSpool[]]
    readonly holder: SnapshotHolder
    readonly mail: readonly Listening[]
    readonly logins: Logins
    readonly scheduler: Scheduler
    readonly greylist: KeptGreylist
    readonly edge: Edge
  },
): (order: Order) => Promise<OrderResult> {
  const { dns, spools, holder, mail, logins, scheduler, greylist, edge } = parts
  const clock = systemClock
  const backup = createEdgeBackup(spools, clock)
  return (order) =>
    carryOut(order, {
      clock,
      emit,
      backup,
      spool: spools[0],
      current: () => holder.current(),
      retryNow: (messageId) => scheduler.retryNow(messageId),
      queue: scheduler.queue,
      greylist: (asked) => greylist.carryOut(asked),
      explain: (asked) => explain(asked, edge),
      onAccepted: (envelope, content) => scheduler.offer(envelope, content),
      probeRoute: (probe) =>
        probeRoute(probe, { dns, clock, config, ownListeners: () => mail, localAddresses, logins }),
      probeSelf: (probe) => probeSelf(probe, { clock, config }),
      probeTls: (probe) => probeTls(probe, { dns, clock, config, ownListeners: () => mail, localAddresses }),
    })
}

function createScheduler(
  { config, slot, workers, emit }: RoleOptions,
  parts: {
    readonly spool: QueueSpool
    readonly dns: Dns
    readonly holder: SnapshotHolder
    readonly mail: readonly Listening[]
    readonly logins: Logins
    readonly bringToArchive: BringToArchive
    readonly screener: Screener
  },
): Scheduler {
  const { spool, dns, holder, mail, logins, bringToArchive } = parts
  return new Scheduler({
    spool,
    dns,
    clock: systemClock,
    emit,
    config,
    workers,
    settingsOf: (tenantId) => holder.current()?.settings(tenantId) ?? null,
    tenantOfDomain: (domain) => holder.current()?.tenantOfDomain(domain) ?? null,
    ownListeners: () => mail,
    ownMxListener: () => mail.find(({ role }) => role === 'mx') ?? null,
    localAddresses,
    bringToArchive,
    recheck: recheckWith(parts.screener),
    logins,
    keptPolicies: keptIn(join(config.data, 'edge', `mta-sts-${slot}.json`)),
    stamper: createStamper({
      settingsOf: (tenantId) => holder.current()?.settings(tenantId) ?? null,
      tenantOfDomain: (domain) => holder.current()?.tenantOfDomain(domain) ?? null,
      secrets: openSecretBox(masterKeyOf(config)),
      clock: systemClock,
      emit,
    }),
  })
}

/** A small file that is replaced whole. */
function keptIn(path: string) {
  return { load: () => readText(path), save: (text: string) => replaceFile(path, text) }
}

function createCallForward(
  { config }: RoleOptions,
  parts: {
    readonly dns: Dns
    readonly holder: SnapshotHolder
    readonly mail: readonly Listening[]
    readonly logins: Logins
  },
): CallForward {
  const { dns, holder, mail, logins } = parts
  return callForwardOf({
    dns,
    clock: systemClock,
    config,
    tenantOfDomain: (domain) => holder.current()?.tenantOfDomain(domain) ?? null,
    ownListeners: () => mail,
    ownMxListener: () => mail.find(({ role }) => role === 'mx') ?? null,
    localAddresses,
    logins,
  })
}

/** Slot 0 owns the file; the others send it what they accepted. */
function aheadOf(
  { slot, peers }: RoleOptions,
  writer: Worker | null,
): (entries: readonly AllowedAhead[]) => void {
  if (slot !== 0) return (entries) => peers.send(0, { kind: 'allow-ahead', entries } satisfies AheadMessage)
  const write = (entries: readonly AllowedAhead[]): void =>
    writer?.postMessage(entries satisfies ToReplicaWriter)
  peers.listen((_from, body) => {
    const message = body as AheadMessage
    if (message.kind === 'allow-ahead') write(message.entries)
  })
  return write
}

type AheadMessage = { readonly kind: 'allow-ahead'; readonly entries: readonly AllowedAhead[] }

/** Only an address that strangers can open is worth a place in our replies. */
function senderPageOf(url: string | null): string | null {
  if (url === null) return null
  const { hostname } = new URL(url)
  const isHere = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  return isHere ? null : new URL('/r/', url).href
}

async function listen(edge: Edge, { role, host, port, ipv6Only }: Listening): Promise<void> {
  const listener = new Listener(edge, {
    host,
    port,
    ipv6Only,
    role: role === 'mx' ? 'mx' : 'submission',
    implicitTls: role === 'submissions',
  })
  await listener.listen({ reusePort: true })
}

async function firstSnapshot(holder: SnapshotHolder): Promise<void> {
  const until = systemClock.now() + FIRST_SNAPSHOT_MS
  while (holder.current() === null && systemClock.now() < until) await systemClock.sleep(10)
}

function startReplicaWriter(workerData: ReplicaWriterData, emit: Emit): Worker {
  const worker = new Worker(new URL('../link/replica-writer.ts', import.meta.url), { workerData })
  let silentUntil = 0
  worker.on('message', ({ why }: { readonly why: string }) => {
    // One line a minute: control may be away for long.
    if (systemClock.now() < silentUntil) return
    silentUntil = systemClock.now() + 60_000
    emit('link.unreachable', { what: 'replica feed', why })
  })
  worker.on('error', (error) => {
    emit('boot.failed', { what: 'replica writer', error })
    process.exit(1) // Without it recipients grow stale unnoticed; the supervisor starts us again.
  })
  return worker
}

/** Addresses of this machine's interfaces. */
function localAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address))
}
