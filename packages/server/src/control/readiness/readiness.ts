// Readiness of the gateway itself (U0): every check by name, what was seen, what to do; watched, and shown as
// one line.

import { say } from '@gatepost/contract/sayings.ts'
import type { Readiness } from '@gatepost/contract/system.ts'
import { readText } from '#platform/files.ts'
import type { Machine } from '#platform/machine.ts'
import { announcedRows } from '../address/address.ts'
import { usualFileOf } from '../certificate/list.ts'
import { coolDownSeconds } from '../domain/schedule.ts'
import { problem } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import { addressesOf, publicAddresses } from './addresses.ts'
import { type Finding, type Listener, type Look, notVerified, type Sight } from './finding.ts'
import { blockListsLook } from './look-block-lists.ts'
import { certificateLook, clockLook, consoleLook, diskLook } from './look-machine.ts'
import { hostnameLook, ownZoneLook, reverseNameLook } from './look-names.ts'
import { inboundPortLook, outboundPortLook } from './look-ports.ts'
import { dnssecLook, resolverLook } from './look-resolver.ts'
import { scannerLook } from './look-scanner.ts'
import { loadReadiness, type Observed, storeReadiness } from './store.ts'
import { zoneText } from './zone.ts'

export type ReadinessDeps = Pick<ControlDeps, 'store' | 'clock' | 'emit' | 'dns' | 'link' | 'config'> & {
  readonly machine: Machine
  /** Real ports of all listeners (decisions 25). */
  readonly listening: readonly Listener[]
}

/** In the order of the page. */
export const looks: readonly Look[] = [
  hostnameLook,
  reverseNameLook,
  inboundPortLook,
  outboundPortLook,
  certificateLook,
  consoleLook,
  ownZoneLook,
  resolverLook,
  dnssecLook,
  blockListsLook,
  scannerLook,
  diskLook,
  clockLook,
]

const HOUR_MS = 3_600_000
/** Something failed: whoever mends it should not wait an hour to see it turn green. */
const FAILED_AGAIN_MS = 300_000
/** Edges start after control; looking earlier would call their listener dead. */
const FIRST_LOOK_MS = 3_000

/** What the last look showed; checks read `not-run` before the first. */
export async function getReadiness(deps: ReadinessDeps): Promise<Readiness> {
  return present(await loadReadiness(deps.store), deps)
}

/** Looks now. Throws `check-too-soon` within 5 s of the last look. */
export async function checkReadiness(deps: ReadinessDeps): Promise<Readiness> {
  const earlier = await loadReadiness(deps.store)
  const waitSeconds = coolDownSeconds(earlier?.checkedAt ?? null, deps.clock.now())
  if (waitSeconds > 0) {
    throw problem('check-too-soon', say('problem.check-ran', { seconds: waitSeconds }), {
      retryAfterSeconds: waitSeconds,
    })
  }
  return present(await look(deps), deps)
}

/** Looks at once, then hourly, or sooner while something fails; until the signal. */
export async function watchReadiness(deps: ReadinessDeps, signal: AbortSignal): Promise<void> {
  const { clock, emit } = deps
  await clock.sleep(FIRST_LOOK_MS, signal)
  while (!signal.aborted) {
    let waitMs = FAILED_AGAIN_MS
    try {
      const observed = await look(deps)
      waitMs = observed.nextCheckAt - observed.checkedAt
    } catch (error) {
      if (!signal.aborted) emit('control.check.failed', { check: 'readiness', error })
    }
    await clock.sleep(waitMs, signal)
  }
}

/** How many nodes are heard of, and how many checks failed at the last look. */
export async function healthLine(deps: Pick<ReadinessDeps, 'store' | 'link' | 'clock'>): Promise<{
  readonly healthy: number
  readonly total: number
  readonly readinessFailed: number
  readonly blockLists: Finding['state']
}> {
  const { store, link, clock } = deps
  const observed = await loadReadiness(store)
  const edges = link.edges()
  const nodes = new Set(edges.map(({ node }) => node))
  const healthy = new Set(
    edges.filter(({ seenAt }) => clock.now() - seenAt < SILENT_MS).map(({ node }) => node),
  )
  return {
    healthy: healthy.size,
    // With no edge heard of, our own node is the one that is missing.
    total: Math.max(1, nodes.size),
    readinessFailed: observed?.findings.filter(({ state }) => state === 'failed').length ?? 0,
    blockLists: observed?.findings.find(({ name }) => name === blockListsLook.name)?.state ?? 'not-run',
  }
}

/** Edges speak every few seconds. */
const SILENT_MS = 30_000

async function look(deps: ReadinessDeps): Promise<Observed> {
  const { config, clock, dns, machine, listening, store, emit } = deps
  const addresses = await addressesOf(dns, config.hostname)
  const certificate = (): string | null => readText(usualFileOf(config))
  const sight: Sight = { config, clock, dns, machine, listening, certificate, addresses }
  const findings = await Promise.all(looks.map((one) => findingOf(one, sight, emit)))
  const checkedAt = clock.now()
  const announced = (await announcedRows(store.db, checkedAt)).map(({ address }) => address)
  const hasFailed = findings.some(({ state }) => state === 'failed')
  const observed = {
    findings,
    zone: zoneText(config.hostname, publicAddresses(addresses, machine.addresses()), announced),
    checkedAt,
    nextCheckAt: checkedAt + (hasFailed ? FAILED_AGAIN_MS : HOUR_MS),
  }
  await storeReadiness(store, observed)
  emit('control.check.ran', { check: 'readiness' })
  return observed
}

async function findingOf(one: Look, sight: Sight, emit: ReadinessDeps['emit']): Promise<Finding> {
  const { name, title } = one
  try {
    return { name, title, ...(await one.look(sight)) }
  } catch (error) {
    emit('control.check.failed', { check: `readiness ${name}`, error })
    return { name, title, ...notVerified(say('ready.broke'), null) }
  }
}

function present(observed: Observed | null, { config, listening }: ReadinessDeps): Readiness {
  const checkedAt = observed?.checkedAt ?? null
  const nextCheckAt = observed?.nextCheckAt ?? null
  const findings = observed?.findings ?? looks.map(notRun)
  return {
    hostname: config.hostname,
    url: consoleUrl(config, listening),
    checks: findings.map((finding) => ({ ...finding, checkedAt, nextCheckAt })),
    zone: observed?.zone ?? zoneText(config.hostname, []),
    listeners: listening.map(({ role, host, port }) => ({ role, host, port })),
    checkedAt,
  }
}

function notRun({ name, title }: Look): Finding {
  return { name, title, state: 'not-run', saw: 'We have not looked yet.', remedy: null }
}

function consoleUrl({ http, hostname }: ReadinessDeps['config'], listening: readonly Listener[]): string {
  const https = listening.find(({ role }) => role === 'https')
  if (http.url === null && https) return new URL(`https://${hostname}:${https.port}/`).href
  const port = listening.find(({ role }) => role === 'http')?.port ?? http.listen.port
  return http.url ?? `http://localhost:${port}/`
}
