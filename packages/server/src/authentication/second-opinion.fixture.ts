// What dkimpy says of our signatures and seals: an implementation that shares nothing with ours.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'

const PYTHON = '/usr/bin/python3'
const DKIMPY = '/usr/lib/python3/dist-packages/dkim/__init__.py'

export const hasDkimpy = existsSync(DKIMPY)

/** Records by name, without a dot at the end. */
export type Records = ReadonlyMap<string, string>

/** The script gets the records as JSON and the message on stdin; says one JSON line. */
const SCRIPT = `
import sys, json, dkim
records = json.loads(sys.argv[1])
message = sys.stdin.buffer.read()
def txt(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    found = records.get(name.rstrip('.'))
    return found.encode() if found else None
if sys.argv[2] == 'dkim':
    checker = dkim.DKIM(message, minkey=1024)
    count = sum(1 for name, _ in checker.headers if name.lower() == b'dkim-signature')
    said = []
    for index in range(count):
        try: said.append(bool(dkim.DKIM(message, minkey=1024).verify(index, dnsfunc=txt)))
        except Exception as fault: said.append(str(fault))
    print(json.dumps(said))
else:
    cv, results, reason = dkim.ARC(message).verify(dnsfunc=txt)
    print(json.dumps([cv.decode() if cv else None, str(reason)]))
`

/** True, false or a fault for each DKIM-Signature, topmost first. */
export async function dkimpyVerdicts(message: string, records: Records): Promise<readonly unknown[]> {
  return JSON.parse(await run(PYTHON, ['-c', SCRIPT, jsonOf(records), 'dkim'], message)) as unknown[]
}

/** `pass`, `fail` or `none` for the chain, and why. */
export async function dkimpyArc(
  message: string,
  records: Records,
): Promise<readonly [string | null, string]> {
  const said = await run(PYTHON, ['-c', SCRIPT, jsonOf(records), 'arc'], message)
  return JSON.parse(said) as [string | null, string]
}

function jsonOf(records: Records): string {
  return JSON.stringify(Object.fromEntries(records))
}

function run(program: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { timeout: 20_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${stderr || stdout || error.message}`))
    })
    child.stdin?.end(Buffer.from(input, 'latin1'))
  })
}
