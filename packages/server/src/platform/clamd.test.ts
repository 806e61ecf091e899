// What clamd's silence and its hanging up mean (abuse case 25); a real clamd is met in test/interop.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Clamd } from './clamd.ts'

/** A scanner that tells its version, and does with content what it is told. */
async function scannerOf(
  t: TestContext,
  onContent: (socket: Socket) => void,
  timeoutMs = 60_000,
): Promise<Clamd> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (first) => {
      if (first.toString('latin1').startsWith('zVERSION')) socket.end('ClamAV 1.5.0\0')
      else onContent(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return new Clamd({ address: { kind: 'tcp', host: '127.0.0.1', port }, timeoutMs })
}

const CONTENT = [Buffer.alloc(200_000)]

test('a scanner that is silent is away: nothing is told as too large for it', async (t) => {
  const clamd = await scannerOf(t, (socket) => socket.resume(), 200)
  assert.deepEqual(await clamd.scan(CONTENT), { kind: 'away', why: 'clamd does not answer in time' })
})

test('one that hangs up in the middle, and answers others, has met its limit', async (t) => {
  const clamd = await scannerOf(t, (socket) => {
    let seen = 0
    socket.on('data', (chunk) => {
      seen += chunk.length
      if (seen > 100_000) socket.destroy()
    })
  })
  assert.equal((await clamd.scan(CONTENT)).kind, 'not-checked')
})
