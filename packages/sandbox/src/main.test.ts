// `npm run sandbox` as a process, without Gatepost: it starts, keeps its records, and ends when asked.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-main-'))
})
after(() => rm(folder, { recursive: true }))

test('starts, answers, ends on SIGTERM, and goes on with --keep', async () => {
  const data = join(folder, 'data')
  const first = await start('--data', data)
  await publish(first.url, 'gatepost-verify=kept')
  assert.equal(await end(first.child), 0)
  const second = await start('--data', data, '--keep')
  assert.match(await zoneOf(second.url), /acme\.example\.\s+30\tIN\tTXT\t"gatepost-verify=kept"/)
  assert.equal(await end(second.child), 0)
  const third = await start('--data', data)
  assert.doesNotMatch(await zoneOf(third.url), /gatepost-verify/)
  assert.equal(await end(third.child), 0)
})

test('leaves a folder alone that is not its own', async () => {
  await writeFile(join(folder, 'letter.txt'), 'mine')
  const { output, child } = launch('--data', folder)
  // Its last words may come after its end.
  const code = await new Promise((resolve) => child.once('close', resolve))
  assert.equal(code, 1)
  assert.match(output(), /holds files that no sandbox wrote/)
})

function launch(...args: string[]): { readonly child: ChildProcess; readonly output: () => string } {
  const ports = ['--page-port', '0', '--dns-port', '0', '--mx-port', '0', '--ldap-port', '0', '--no-gateway']
  const child = spawn(process.execPath, [MAIN, ...ports, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
  }
  return { child, output: () => text }
}

async function start(...args: string[]): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const { child, output } = launch(...args)
  for (;;) {
    const url = /Page and guide\s+(\S+)/.exec(output())?.[1]
    if (url !== undefined && output().includes('GATEPOST_SMTP_SUBMISSION')) return { child, url }
    if (child.exitCode !== null) throw new Error(output())
    await new Promise((done) => setTimeout(done, 20))
  }
}

async function end(child: ChildProcess): Promise<number | null> {
  child.kill('SIGTERM')
  return new Promise((resolve) => child.once('exit', resolve))
}

async function publish(url: string, text: string): Promise<void> {
  const response = await fetch(new URL('/api/publish', url), {
    method: 'POST',
    body: JSON.stringify({ text }),
  })
  assert.equal(response.status, 200)
}

async function zoneOf(url: string): Promise<string> {
  return (await fetch(new URL('/api/zone', url))).text()
}
