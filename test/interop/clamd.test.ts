// Malware by a real clamd, from the SMTP side: found plain, packed and nested, never called clean where clamd
// did not look, and deferred while it is away (H2, abuse case 25).
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { scannerSource } from '@gatepost/server/control/alert/sources/scanner.ts'
import { scannerLook } from '@gatepost/server/control/readiness/look-scanner.ts'
import { EICAR, letterWith, zipOf } from '@gatepost/server/facts/screening/zip.fixture.ts'
import { Clamd, type ClamdAddress } from '@gatepost/server/platform/clamd.ts'
import { World } from '../dialogs/world.ts'
import { CLAMD_FILE_MB, clamdMissing, type RunningClamd, startClamd } from './lib/clamd.ts'

const skip = clamdMissing()
let clamd: RunningClamd
let world: World
let port: number

before(async () => {
  if (skip !== false) return
  clamd = await startClamd()
  world = new World()
  for (const line of [
    'tenant acme.example: users ann',
    `config clamd=${clamd.port} file=${CLAMD_FILE_MB * 1_048_576} trusted=none messageBytes=40000000`,
    'rule acme virus-scanning scan to internal',
    'tenant blue.example: users bea; authorized 127.0.0.1',
    'rule blue virus-scanning scan to external',
  ]) {
    world.describe(line)
  }
  port = (await world.open()).mx
})

after(async () => {
  if (skip !== false) return
  await world.close()
  await clamd.stop()
})

const mebibytes = (count: number): Buffer => Buffer.alloc(count * 1_048_576)
const eicarZip = zipOf([{ name: 'eicar.com', data: EICAR }])

/** What is sent, the reply that is expected, and what becomes of the recipient. */
const cases: readonly (readonly [string, () => Buffer, RegExp, string | null])[] = [
  ['EICAR in plain', () => letterWith(Buffer.from(EICAR), 'eicar.com'), /^554 5\.7\.1/, null],
  ['EICAR in a zip', () => letterWith(eicarZip, 'a.zip'), /^554 5\.7\.1/, null],
  [
    'EICAR in a zip in a zip',
    () => letterWith(zipOf([{ name: 'in.zip', data: eicarZip }]), 'a.zip'),
    /^554 5\.7\.1/,
    null,
  ],
  [
    'EICAR in a file larger than clamd reads',
    () =>
      letterWith(
        zipOf([{ name: 'large.bin', data: Buffer.concat([mebibytes(3), Buffer.from(EICAR)]) }]),
        'a.zip',
      ),
    /^250/,
    'held',
  ],
  [
    'EICAR in an encrypted archive',
    () => letterWith(zipOf([{ name: 'eicar.com', data: EICAR, isEncrypted: true }]), 'a.zip'),
    /^250/,
    'held',
  ],
  ['a letter with a harmless file', () => letterWith(Buffer.from('harmless'), 'notes.txt'), /^250/, 'queued'],
  ['more than clamd takes in a stream', () => letterWith(mebibytes(0.6), 'a.bin'), /^250/, 'held'],
]

for (const [name, make, reply, state] of cases) {
  test(`case 25: ${name}: ${state ?? 'refused'}`, { skip }, async () => {
    const known = world.spool.messages.length
    assert.match(await send(make()), reply)
    const taken = world.spool.messages.slice(known)
    assert.equal(taken.length, state === null ? 0 : 1)
    if (state !== null) assert.equal(taken[0]!.envelope.recipients[0]!.state, state)
  })
}

test('an infected machine inside: its mail is refused on its way out, harmless mail goes', {
  skip,
}, async () => {
  const known = world.spool.messages.length
  const outside = { from: 'bea@blue.example', to: 'eve@elsewhere.example' }
  assert.match(await send(letterOf(outside.from, Buffer.from(EICAR)), outside), /^554 5\.7\.1/)
  assert.match(await send(letterOf(outside.from, Buffer.from('harmless')), outside), /^250/)
  assert.deepEqual(
    world.spool.messages.slice(known).map(({ envelope }) => envelope.direction),
    ['outbound'],
  )
})

function letterOf(author: string, file: Uint8Array): Buffer {
  return Buffer.from(String(letterWith(file, 'file.bin')).replace('bob@bright.example', author))
}

test('by the socket on this machine, too; and a scanner that went away is told as away', {
  skip,
}, async () => {
  const local = new Clamd({ address: { kind: 'unix', path: clamd.socket } })
  assert.deepEqual(await local.scan([Buffer.from('nothing')]), { kind: 'clean' })
  assert.deepEqual(await local.scan([Buffer.from(EICAR)]), {
    kind: 'infected',
    name: 'Test.Eicar.UNOFFICIAL',
  })
  const gone = new Clamd({ address: { kind: 'unix', path: `${clamd.socket}.gone` } })
  assert.equal((await gone.scan([Buffer.from(EICAR)])).kind, 'away')
  assert.equal(await gone.version(), null)
})

test('readiness and the alert tell a scanner that answers from one that does not', { skip }, async () => {
  const at = (address: ClamdAddress | null) =>
    ({ config: { screening: { clamd: address, clamdFileBytes: 1_048_576 } } }) as never
  const here: ClamdAddress = { kind: 'unix', path: clamd.socket }
  const gone: ClamdAddress = { kind: 'unix', path: `${clamd.socket}.gone` }
  const states = [null, here, gone].map(async (address) => (await scannerLook.look(at(address))).state)
  assert.deepEqual(await Promise.all(states), ['not-required', 'passed', 'failed'])
  const alerts = [null, here, gone].map(async (address) => (await scannerSource.look(at(address), 0)).wrong)
  assert.deepEqual(
    (await Promise.all(alerts)).map((wrong) => wrong.map(({ kind }) => kind)),
    [[], [], ['scanner-down']],
  )
})

/** The reply to the end of data. */
async function send(
  message: Buffer,
  { from, to } = { from: 'bob@sender.example', to: 'ann@acme.example' },
): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  let last = ''
  const reply = async (): Promise<string> => {
    for (;;) {
      const [chunk] = (await once(socket, 'data')) as [Buffer]
      last = chunk.toString('latin1')
      if (/^\d{3} .*\r\n$/m.test(last)) return last.trimEnd().split('\r\n').at(-1)!
    }
  }
  await reply()
  for (const line of ['EHLO mx.sender.example', `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA']) {
    socket.write(`${line}\r\n`)
    assert.match(await reply(), /^[23]/, line)
  }
  socket.write(message)
  socket.write('\r\n.\r\n')
  const answer = await reply()
  socket.destroy()
  return answer
}
