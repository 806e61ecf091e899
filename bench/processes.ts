// What a family of processes costs, read from /proc: CPU including children that have ended, and memory as
// PSS.
import { readdirSync, readFileSync } from 'node:fs'

/** The kernel reports process times in ticks of 1/100 s on every Linux we run on (USER_HZ). */
const TICKS_PER_SECOND = 100

export type ProcessTimes = {
  readonly pid: number
  readonly parent: number
  /** Own time and that of reaped children (utime + stime + cutime + cstime), in seconds. */
  readonly cpuSeconds: number
}

/**
 * CPU seconds of the trees below `roots`. A child that has ended counts through the parent that reaped it.
 */
export function familyCpuSeconds(roots: readonly number[]): number {
  return familyOf(roots, listProcesses()).reduce((sum, process) => sum + process.cpuSeconds, 0)
}

/** Proportional set size of the trees below `roots`, in KiB: shared pages are divided among their users. */
export function familyPssKib(roots: readonly number[]): number {
  return familyOf(roots, listProcesses()).reduce((sum, { pid }) => sum + pssKib(pid), 0)
}

/** All processes below and including `roots`. */
export function familyOf(roots: readonly number[], all: readonly ProcessTimes[]): readonly ProcessTimes[] {
  const children = Map.groupBy(all, ({ parent }) => parent)
  const found = new Set<ProcessTimes>()
  const next = all.filter(({ pid }) => roots.includes(pid))
  for (let process = next.pop(); process !== undefined; process = next.pop()) {
    if (found.has(process)) continue
    found.add(process)
    next.push(...(children.get(process.pid) ?? []))
  }
  return [...found]
}

/**
 * Reads one /proc/<pid>/stat line; the name may hold blanks and brackets, so fields count from its last one.
 */
export function parseStat(line: string): ProcessTimes | null {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const pid = Number.parseInt(line, 10)
  const parent = Number(fields[1])
  const ticks = fields.slice(11, 15).map(Number)
  if (!Number.isInteger(pid) || !Number.isInteger(parent) || ticks.length < 4) return null
  const sum = ticks.reduce((total, value) => total + value, 0)
  return Number.isFinite(sum) ? { pid, parent, cpuSeconds: sum / TICKS_PER_SECOND } : null
}

/**
 * Seconds all cores have been busy since the machine started, or were taken from it by its host (`steal`): in
 * neither could the measured ones run.
 */
export function busySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync(
    '/proc/stat',
    'utf8',
  )
    .split('\n', 1)[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND
}

function listProcesses(): readonly ProcessTimes[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => parseStat(readOrEmpty(`/proc/${pid}/stat`)) ?? [])
}

function pssKib(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
}

/** A process may end between being listed and being read; then it counts nothing. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
