// Names the machine in the results, since figures of different machines must never be compared.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { promisify } from 'node:util'

/** Processor, memory, system and the file system of `folder`: one line each. */
export async function describeMachine(folder: string): Promise<readonly string[]> {
  const cores = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))
  return [
    `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown processor'}, ${memory} GiB`,
    `${system?.[1] ?? 'Linux'}, kernel ${release().split('.', 2).join('.')}, Node ${process.versions.node}`,
    `spools on ${await fileSystemOf(folder)}`,
  ]
}

/** A tmpfs makes every sync free: figures taken on it mean nothing for mail. */
export async function fileSystemOf(folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)('df', ['--output=fstype', folder])
  return stdout.trim().split('\n').at(-1)!.trim()
}
