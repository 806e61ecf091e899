// Reads what strace wrote: calls of all threads with the lines at which each began and ended.

export type Call = {
  readonly name: string
  /** The file behind the first argument; '' for none. */
  readonly path: string
  /** The arguments as printed. */
  readonly text: string
  readonly result: number
  /** Lines of the trace: strace writes them in the order in which it saw begin and end. */
  readonly beganAt: number
  readonly endedAt: number
}

type Begun = { readonly name: string; readonly text: string; readonly beganAt: number }

const BEGINS = /^(\d+)\s+(\w+)\((.*)$/
const RESUMES = /^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$/
const UNFINISHED = / <unfinished \.\.\.>$/
const RESULT = /\)\s+= (-?\d+)(?: .*)?$/

/** Calls in the order in which they ended. Those without an end are left out. */
export function readTrace(trace: string): readonly Call[] {
  const calls: Call[] = []
  const open = new Map<string, Begun>()
  for (const [at, line] of trace.split('\n').entries()) {
    const resumed = RESUMES.exec(line)
    if (resumed !== null) {
      const [, thread = '', , rest = ''] = resumed
      const begun = open.get(thread)
      open.delete(thread)
      if (begun !== undefined) add(calls, { ...begun, text: begun.text + rest }, at)
      continue
    }
    const [, thread = '', name = '', rest = ''] = BEGINS.exec(line) ?? []
    if (name === '') continue
    if (UNFINISHED.test(rest)) open.set(thread, { name, text: rest.replace(UNFINISHED, ''), beganAt: at })
    else add(calls, { name, text: rest, beganAt: at }, at)
  }
  return calls
}

function add(calls: Call[], begun: Begun, endedAt: number): void {
  const result = RESULT.exec(begun.text)
  if (result === null) return
  const path = /^\d+<([^>]*)>/.exec(begun.text)?.[1] ?? ''
  calls.push({ ...begun, path, result: Number(result[1]), endedAt })
}
