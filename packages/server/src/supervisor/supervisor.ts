// `gatepost run`: checks configuration, folder and ports, starts control and edge workers, prints the block,
// drains on SIGTERM.
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { compileCacheOf } from '#boot/compile-cache.ts'
import type { BootConfig } from '#boot/config-types.ts'
import { consoleUrl } from '#boot/console-url.ts'
import { masterKeyOf } from '#boot/master-key.ts'
import { createEmit, type Emit } from '#events/emit.ts'
import { createLog } from '#events/log.ts'
import { createMetrics } from '#events/metrics.ts'
import { giveBackWhenCalm } from '#platform/calm-heap.ts'
import { systemClock } from '#platform/clock.ts'
import { ensureFolder, replaceFile } from '#platform/files.ts'
import { bufferedLines, openLogFile } from '#platform/log-file.ts'
import { ensureMasterKey } from '#platform/secret-box.ts'
import { keepTicketKey, TICKET_KEY_FILE } from '#platform/tls-tickets.ts'
import { banner } from './banner.ts'
import { Children } from './children.ts'
import { lockFolder } from './lock.ts'
import type { Listening } from './messages.ts'
import { holdPorts, settlePorts } from './ports.ts'
import { checkFolder, makeDataFolder } from './preflight.ts'
import { createRestart } from './restart.ts'
import { untilSignal } from './signals.ts'
import { prepareCertificates } from './tls-material.ts'

/** A signal to a group reaches all of it at once; a machine that starts something is slow. */
const OWN_SIGNAL_MS = 500

type Options = {
  readonly config: BootConfig
  readonly mainFile: string
  readonly version: string
  /** True when a person watches: the log then goes to a file. */
  readonly terminal: boolean
  readonly print: (text: string) => void
}

/** Runs until a signal; resolves with the exit code. Rejects with a line for people when it cannot start. */
export async function supervise(options: Options): Promise<number> {
  const { config: given, terminal } = options
  const startedAt = systemClock.now()
  const config = { ...given, data: resolve(given.data) }
  makeDataFolder(config.data)
  const unlock = lockFolder(config.data)
  checkFolder(config.data)
  for (const folder of ['run', 'keys', 'spool', 'edge']) ensureFolder(join(config.data, folder))
  const listening = await settlePorts(config)
  const releasePorts = await holdPorts(listening, config)
  const certificateFault = prepareCertificates(config)
  if (config.masterKeyFile === null) ensureMasterKey(masterKeyOf(config))
  const endTicketKey = keepTicketKey(join(config.data, TICKET_KEY_FILE), systemClock)
  const descriptor = terminal ? openLogFile(config.data) : 2
  const lines = bufferedLines(descriptor)
  const log = createLog({ role: 'supervisor', slot: null, pid: process.pid }, systemClock.now, lines.write)
  const emit = createEmit({ log, metrics: createMetrics('supervisor').sink }, config.logLevel)
  const { children, restart } = createFamily(options, { config, listening, descriptor, emit })
  const abandon = (): never => process.exit(130)
  const stopped = untilSignal({ process, terminal, restart, abandon, now: systemClock.now })
  const end = async (): Promise<void> => {
    releasePorts()
    await children.stop()
    endTicketKey()
    lines.flush()
    unlock()
  }
  try {
    replaceFile(join(config.data, 'run', 'listeners.json'), JSON.stringify(listening, null, 2))
    // Together: an edge boots on last-good and finds control's socket when it is there.
    const slots = Array.from({ length: config.workers }, (_, slot) => slot)
    const all = [children.start('control', 0), ...slots.map((slot) => children.start('edge', slot))]
    const ready = await unlessStopped(Promise.all(all), stopped)
    if (ready !== null) {
      releasePorts()
      notePids(config, children)
      giveBackWhenCalm()
      const startedInMs = systemClock.now() - startedAt
      const setupUrl = ready[0]?.setupUrl ?? null
      printBlock(options, { config, listening, setupUrl, certificateFault, startedInMs })
    }
  } catch (error) {
    await end()
    throw error
  }
  await stopped
  emit('boot.draining')
  await end()
  return 0
}

/**
 * What `start` brings, or null when a signal came meanwhile. One to the whole group also ends children that
 * do not listen yet; their end is then no fault to report, even where we hear of it before our own signal.
 */
async function unlessStopped<Started>(
  start: Promise<Started>,
  stopped: Promise<void>,
): Promise<Started | null> {
  const halted = stopped.then(() => null)
  try {
    return await Promise.race([start, halted])
  } catch (error) {
    const patience = new AbortController()
    const isStopped = await Promise.race([
      halted.then(() => true),
      systemClock.sleep(OWN_SIGNAL_MS, patience.signal).then(() => false),
    ])
    patience.abort()
    if (isStopped) return null
    throw error
  }
}

/** The children, not started yet, and what starts them anew while they run. */
function createFamily(
  { mainFile, terminal, print }: Options,
  context: {
    readonly config: BootConfig
    readonly listening: readonly Listening[]
    readonly descriptor: number
    readonly emit: Emit
  },
): { readonly children: Children; readonly restart: () => void } {
  const { config, listening, descriptor, emit } = context
  const restart = createRestart({
    children: () => children,
    emit,
    done(setupUrl) {
      notePids(config, children)
      if (setupUrl !== null) print(`New set-up link: ${setupUrl}\n`)
    },
  })
  const children = new Children({
    mainFile,
    restartAsked: restart,
    clock: systemClock,
    emit,
    logDescriptor: terminal ? descriptor : 'inherit',
    compileCache: compileCacheOf(config.data),
    startMessage: (_role, slot) => ({
      kind: 'start',
      config,
      node: hostname(),
      listening,
      slot,
      workers: config.workers,
    }),
  })
  return { children, restart }
}

function notePids({ data }: BootConfig, children: Children): void {
  replaceFile(join(data, 'run', 'pids.json'), JSON.stringify([process.pid, ...children.pids()]))
}

function printBlock(
  { version, terminal, print }: Options,
  facts: {
    readonly config: BootConfig
    readonly listening: readonly Listening[]
    readonly setupUrl: string | null
    readonly certificateFault: string | null
    readonly startedInMs: number
  },
): void {
  const { config, listening, setupUrl, certificateFault, startedInMs } = facts
  print(
    banner({
      version,
      consoleUrl: consoleUrl(config, listening),
      setupUrl,
      listening,
      dataFolder: config.data,
      database: config.database === null ? 'SQLite in the data folder' : 'PostgreSQL',
      logFile: terminal ? join(config.data, 'log', 'gatepost.log') : null,
      workers: config.workers,
      certificateFault,
      startedInMs,
    }),
  )
}
