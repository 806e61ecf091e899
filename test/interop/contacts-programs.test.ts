// The contacts tool's executables: the Linux one in a folder without Node and with an empty environment, the
// Windows one as far as it can be looked at from here.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { addressOf, messageOf } from './lib/sent-mail.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const skip = process.platform === 'linux' && process.arch === 'x64' ? false : 'Linux on x64 alone'
const LINUX = 'gatepost-contacts-linux-x64'
const WINDOWS = 'gatepost-contacts-windows-x64.exe'

let folder = ''
before(async () => {
  if (!skip) folder = await mkdtemp(join(tmpdir(), 'gatepost-contacts-program-'))
})
after(async () => {
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

const build = (name: string) => run(process.execPath, [join(root, 'scripts/contacts.mjs'), name])

describe('executables of the contacts tool', { skip, timeout: 240_000 }, () => {
  test('Linux: runs where there is no Node, and writes the CSV', async () => {
    await build(LINUX)
    const program = join(folder, LINUX)
    await copyFile(join(root, '.cache/contacts', LINUX), program)
    const messages = Array.from(
      { length: 20 },
      (_, number) => `From x\n${messageOf(0, number).replaceAll('\r', '')}\n`,
    )
    await mkdir(join(folder, 'sent'))
    await writeFile(join(folder, 'sent', `${addressOf(0)}.mbox`), messages.join(''))
    const args = ['--source', 'mbox', '--path', 'sent', '--own-domains', 'acme.example', '--pace', '0']
    // `env -i PATH=`: nothing is found by name, and nothing is told by the environment.
    const { stdout } = await run('/usr/bin/env', ['-i', 'PATH=', program, ...args], { cwd: folder })
    assert.match(stdout, /20 messages were read[\s\S]*All was read/)
    const csv = await readFile(join(folder, 'gatepost-contacts', 'contacts.csv'), 'utf8')
    assert.match(csv, /^person00@acme\.example,p\d+@\w+\.example,PERMIT\r\n/)
    const help = await run('/usr/bin/env', ['-i', 'PATH=', program, '--help'])
    assert.match(help.stdout, /Ctrl\+C writes what was found so far/)
    const wrong = await run('/usr/bin/env', ['-i', 'PATH=', program], { cwd: folder }).catch((error) => error)
    assert.deepEqual([wrong.code, wrong.stderr.split('. ')[0]], [2, '--source is missing'])
    const elsewhere = ['--source', 'mbox', '--path', 'away', '--own-domains', 'acme.example', '--out', 'new']
    const away = await run('/usr/bin/env', ['-i', 'PATH=', program, ...elsewhere], { cwd: folder }).catch(
      (error) => error,
    )
    assert.deepEqual([away.code, away.stderr.trim().split('. ')[0]], [2, 'away is not there'])
  })

  test('Windows: one executable with the tool inside', async (context) => {
    const failed = await build(WINDOWS).then(
      () => null,
      (error: { readonly stderr: string }) => error.stderr,
    )
    if (failed !== null && /no npm registry/.test(failed)) {
      context.skip('no npm registry in reach')
      return
    }
    assert.equal(failed, null)
    const path = join(root, '.cache/contacts', WINDOWS)
    const file = await open(path)
    const head = Buffer.alloc(64)
    await file.read(head, 0, 64, 0)
    const pe = Buffer.alloc(6)
    await file.read(pe, 0, 6, head.readUInt32LE(60))
    await file.close()
    assert.equal(head.toString('latin1', 0, 2), 'MZ')
    // A program for x86-64.
    assert.deepEqual([pe.toString('latin1', 0, 4), pe.readUInt16LE(4)], ['PE\0\0', 0x8664])
    assert.ok((await readFile(path)).includes('gatepost-contacts --source imap'))
  })
})
