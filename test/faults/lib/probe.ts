// Asks the gateway NOOP from a process of its own and measures how long its loop takes to answer, without the
// time in which the machine gave the processor to somebody else.
import { fork } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { proxyHeader } from '@gatepost/sandbox/proxy-header.ts'

export type Delays = {
  /** 99th percentile of the loop's delay, in milliseconds. */
  readonly p99: number
  /** The same by the clock on the wall, with all that the machine does beside. */
  readonly wallP99: number
  /** How late a process that does nothing else is woken: what no program on this machine can do without. */
  readonly machineP99: number
  readonly samples: number
}

/** The reason to skip where the kernel does not tell how long a thread waited for a processor. */
export function probeMissing(): string | false {
  return existsSync('/proc/self/schedstat') ? false : 'component missing: /proc/*/schedstat'
}

/** Begins to measure the process that listens on the port; the returned function ends it. */
export async function startProbe(port: number, pid: number): Promise<() => Promise<Delays>> {
  const child = fork(fileURLToPath(import.meta.url), [String(port), String(pid)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const said = <Value>(): Promise<Value> =>
    new Promise((resolve, reject) => {
      child.once('message', (value) => resolve(value as Value))
      child.once('exit', (code) => reject(new Error(`the probe ended with ${code}`)))
    })
  await said()
  return async () => {
    const delays = said<Delays>()
    child.send('end')
    const value = await delays
    child.kill()
    return value
  }
}

const PAUSE_MS = 5

/** Milliseconds that a process' first thread was ready to run and had no processor. */
function waitedMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6
}

function heard(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('data', () => resolve()))
}

function p99(delays: number[]): number {
  delays.sort((a, b) => a - b)
  return delays[Math.floor(delays.length * 0.99)] ?? Number.NaN
}

async function main(port: number, pid: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.write(proxyHeader({ sourceIp: '203.0.113.99', sourcePort: 50_000 }))
  await heard(socket)
  process.send?.('ready')
  let isEnded = false
  process.once('message', () => {
    isEnded = true
  })
  const wall: number[] = []
  const loop: number[] = []
  const machine: number[] = []
  while (!isEnded) {
    const waitedBefore = waitedMs(pid) + waitedMs(process.pid)
    const startedAt = performance.now()
    socket.write('NOOP\r\n')
    await heard(socket)
    const ms = performance.now() - startedAt
    wall.push(ms)
    loop.push(Math.max(0, ms - (waitedMs(pid) + waitedMs(process.pid) - waitedBefore)))
    const pausedAt = performance.now()
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    machine.push(performance.now() - pausedAt - PAUSE_MS)
  }
  socket.destroy()
  const delays: Delays = {
    p99: p99(loop),
    wallP99: p99(wall),
    machineP99: p99(machine),
    samples: loop.length,
  }
  process.send?.(delays)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(Number(process.argv[2]), Number(process.argv[3]))
}
