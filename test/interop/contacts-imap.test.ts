// The contacts tool against a real Dovecot: stopped twice and resumed, it writes the CSV of an uninterrupted
// run, byte for byte; and C7 takes it. GATEPOST_TEST_CONTACTS=20x5000 runs it with more mail.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { SenderImport, SenderSummary } from '@gatepost/contract/sender.ts'
import { localOperator } from '@gatepost/server/control/auth/local-operator.ts'
import { withControl } from '../control.ts'
import { ENVIRONMENT } from '../isolation/fill.ts'
import { addOrganisation } from '../store/fixtures.ts'
import { type Dovecot, dovecotMissing, startDovecot } from './lib/dovecot.ts'
import { addressOf, fillSentMail } from './lib/sent-mail.ts'

const skip = dovecotMissing()
const [MAILBOXES = 4, MESSAGES = 200] = (process.env.GATEPOST_TEST_CONTACTS ?? '4x200').split('x').map(Number)
const TOOL = resolve(import.meta.dirname, '../../packages/contacts-export/src/cli.ts')

let dovecot: Dovecot
let folder = ''

before(async () => {
  if (skip) return
  folder = await mkdtemp(join(tmpdir(), 'gatepost-contacts-'))
  dovecot = await startDovecot()
  await fillSentMail({
    folder: dovecot.mailFolder,
    ids: dovecot.ids,
    mailboxes: MAILBOXES,
    messages: MESSAGES,
  })
  const list = Array.from({ length: MAILBOXES }, (_, index) => addressOf(index)).join('\n')
  await writeFile(join(folder, 'people.csv'), `PrimarySmtpAddress\n${list}\n`)
})
after(async () => {
  await dovecot?.stop()
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

type Ended = { readonly code: number | null; readonly said: string }

/** Runs the tool; `stopAfter` sends Ctrl+C when so many pages were kept. */
async function runTool(
  out: string,
  options: {
    readonly args?: readonly string[]
    readonly secret?: string
    readonly stopAfter?: number
    readonly signal?: 'SIGINT' | 'SIGKILL'
  } = {},
): Promise<Ended> {
  const args = [
    TOOL,
    ...[
      '--source',
      'imap',
      '--host',
      '127.0.0.1',
      '--port',
      String(dovecot.imapPort),
      '--encryption',
      'none',
    ],
    ...[
      '--mailboxes',
      join(folder, 'people.csv'),
      '--out',
      join(folder, out),
      '--own-domains',
      'acme.example',
    ],
    ...(options.args ?? ['--pace', '0']),
  ]
  const env = { PATH: process.env.PATH, GATEPOST_CONTACTS_SECRET: options.secret ?? 'secret' }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
    })
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)))
  if (options.stopAfter !== undefined) await stopWhen(child, { out, ...options, pages: options.stopAfter })
  return { code: await ended, said }
}

/** Waits until the checkpoint holds so many pages more, then stops the tool. */
async function stopWhen(
  child: ChildProcess,
  { out, pages, signal = 'SIGINT' }: { out: string; pages: number; signal?: 'SIGINT' | 'SIGKILL' },
): Promise<void> {
  const count = async (): Promise<number> => {
    const text = await readFile(join(folder, out, 'checkpoint.ndjson'), 'utf8').catch(() => '')
    return text.split('\n').filter((line) => line.includes('"kind":"step"') && !line.includes('"seen":0,'))
      .length
  }
  const before = await count()
  while (child.exitCode === null && (await count()) < before + pages)
    await new Promise((go) => setTimeout(go, 5))
  child.kill(signal)
}

async function csvIn(out: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(join(folder, out))).filter((name) => name.endsWith('.csv')).sort()
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, out, name), 'utf8')] as const),
    ),
  )
}

describe('the contacts tool and a real Dovecot', { skip, timeout: 1_200_000 }, () => {
  test('an uninterrupted run reads all Sent folders and leaves out what must not count', async () => {
    const began = Date.now()
    const { code, said } = await runTool('whole')
    assert.equal(code, 0, said)
    assert.match(said, new RegExp(`${(MAILBOXES * MESSAGES).toLocaleString('en-GB')} messages were read`))
    const text = (await csvIn('whole')).get('contacts.csv') ?? ''
    assert.match(text, /^person00@acme\.example,p\d+@bright\.example,PERMIT\r\n/)
    assert.match(text, /@xn--mller-kva\.example,PERMIT/)
    for (const wrong of [
      'spam.example',
      'no-reply@',
      'mailer-daemon',
      'acme.example,PERMIT',
      'lists.',
      '-request@',
    ])
      assert.ok(!text.includes(wrong), wrong)
    console.log(
      `${MAILBOXES} mailboxes of ${MESSAGES}: ${Date.now() - began} ms, ${text.split('\n').length - 1} rows`,
    )
  })

  test('stopped by Ctrl+C and by a kill, then resumed: the same bytes', async () => {
    const first = await runTool('stopped', { stopAfter: 1, args: ['--pace', '300'] })
    assert.equal(first.code, 130, first.said)
    assert.match(first.said, /Stopped\. The same command goes on/)
    assert.ok((await csvIn('stopped')).size === 1, 'what was found is written')
    const second = await runTool('stopped', { stopAfter: 1, signal: 'SIGKILL', args: ['--pace', '300'] })
    assert.equal(second.code, null)
    // A power cut in the middle of a line.
    const path = join(folder, 'stopped', 'checkpoint.ndjson')
    await writeFile(path, `${await readFile(path, 'utf8')}abcdefghijkl {"kind":"step","ste`)
    const third = await runTool('stopped')
    assert.equal(third.code, 0, third.said)
    assert.deepEqual(await csvIn('stopped'), await csvIn('whole'))
    const log = await readFile(join(folder, 'stopped', 'contacts.log'), 'utf8')
    assert.match(log, /all was read/)
    assert.ok(!log.includes('secret'))
  })

  test('a master account reads for everybody; a wrong password ends early, and is made good', async () => {
    const master = await runTool('master', {
      args: ['--master', 'boss', '--pace', '0'],
      secret: 'master secret',
    })
    assert.equal(master.code, 0, master.said)
    assert.deepEqual(await csvIn('master'), await csvIn('whole'))
    const wrong = await runTool('wrong', { secret: 'not it' })
    assert.equal(wrong.code, 1, wrong.said)
    assert.match(wrong.said, /not read: person00@acme\.example: 127\.0\.0\.1 refuses the sign-in/)
    assert.match(wrong.said, /with the first 3 mailboxes\.\nCheck login and password.*nobody is locked out/)
    assert.ok(!wrong.said.includes('person03@acme.example') && !wrong.said.includes('not it'))
    const mended = await runTool('wrong')
    assert.equal(mended.code, 0, mended.said)
    assert.match(mended.said, /could not be read before is tried again: 2\./)
    assert.deepEqual(await csvIn('wrong'), await csvIn('whole'))
  })

  test('other rules do not go on from a checkpoint, and a preview needs no server', async () => {
    const other = await runTool('whole', { args: ['--since', '2025-01-05'] })
    assert.equal(other.code, 2)
    assert.match(other.said, /another source or other rules/)
    const preview = await runTool('whole', { args: ['--preview', '--min-count', '3'], secret: '' })
    assert.equal(preview.code, 0, preview.said)
    assert.match(preview.said, /contacts of \d+ people\. The most frequent:/)
    const typed = await runTool('typed', { args: ['--password', 'hush'] })
    assert.equal(typed.code, 2)
    assert.ok(!typed.said.includes('hush'))
  })

  test('C7 takes the CSV by the API: every row is imported, and counted', async () => {
    await withControl(async (control) => {
      const { tenantId } = await addOrganisation(control.deps.store, 'Acme', 'acme.example')
      const app = control.app(() => localOperator(control.deps.store))
      const call = async <Answer>(method: string, path: string, body?: string): Promise<Answer> => {
        const headers = { host: 'localhost', cookie: 'gatepost=owner', 'content-type': 'text/csv' }
        const init = { method, headers, ...(body === undefined ? {} : { body }) }
        const answer = await app.request(`http://localhost/v1/tenants/${tenantId}/${path}`, init, ENVIRONMENT)
        assert.ok(answer.ok, await answer.clone().text())
        return (await answer.json()) as Answer
      }
      let rows = 0
      for (const [name, text] of await csvIn('whole')) {
        const preview = await call<SenderImport>('POST', `sender-imports?fileName=${name}`, text)
        assert.deepEqual(preview.errors, [])
        assert.equal(preview.added, text.split('\r\n').length - 1)
        rows += preview.added
        const done = await call<SenderImport>('POST', `sender-imports/${preview.id}/commit`)
        assert.equal(done.state, 'committed')
      }
      const summary = await call<SenderSummary>('GET', 'senders-summary')
      assert.equal(summary.entries, rows)
    })
  })
})
