// What is written arrives as it was, however slowly a host reads.
import assert from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { after, describe, it, test } from 'node:test'
import { type Clock, systemClock } from '#platform/clock.ts'
import { Deadlines } from './deadlines.ts'
import { ConnectionLost, openSocket, peerOf, SmtpConnection } from './smtp-connection.ts'

const hosts: { close(): void }[] = []
after(() => {
  for (const host of hosts) host.close()
})

/** A host that reads nothing before it is told to, and a connection to it. */
async function connected(
  clock: Clock = systemClock,
): Promise<{ readonly connection: SmtpConnection; readonly host: Socket }> {
  const met = Promise.withResolvers<Socket>()
  const server = createServer({ pauseOnConnect: true }, met.resolve)
  hosts.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const connection = await SmtpConnection.open(
    { host: '127.0.0.1', port: address.port },
    { connect: openSocket, deadlines: new Deadlines(clock, 20), timeoutMs: 30_000 },
  )
  const host = await met.promise
  hosts.unshift({ close: () => host.destroy() })
  return { connection, host }
}

async function allOf(host: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of host) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Content of one character, and the commands behind it. */
const letter = (i: number): string => String.fromCharCode(97 + (i % 26)).repeat(8_000)
const commands = (i: number): string => `.\r\nMAIL FROM:<b\u00f6b${i}@sender.example>\r\n`

describe('a connection to a next hop', () => {
  it('keeps apart what one host has not taken yet and what goes to others', async () => {
    // More than the system keeps for a reader that does not read.
    const count = 1_000
    const [slow, quick] = [await connected(), await connected()]
    const others = allOf(quick.host)
    for (let i = 0; i < count; i++) {
      slow.connection.writeContent([Buffer.from('Received: x\r\n'), Buffer.from(letter(i))], commands(i))
      quick.connection.writeContent([Buffer.from('y'.repeat(9_000))], '')
    }
    slow.connection.quit()
    quick.connection.quit()
    const arrived = await allOf(slow.host)
    const sent = Array.from({ length: count }, (_, i) => `Received: x\r\n${letter(i)}${commands(i)}`)
    assert.ok(arrived.equals(Buffer.from(`${sent.join('')}QUIT\r\n`)), 'it came as it was sent')
    assert.ok((await others).equals(Buffer.from(`${'y'.repeat(9_000 * count)}QUIT\r\n`)), 'so did the others')
  })

  it('says why it ended to whoever asks afterwards', async () => {
    const { connection, host } = await connected()
    host.destroy()
    const heard = await connection.reply(30_000).catch((error: unknown) => error)
    assert.ok(heard instanceof ConnectionLost)
    const again = await connection.reply(30_000).catch((error: unknown) => error)
    assert.ok(again instanceof ConnectionLost)
    assert.equal(again.message, heard.message)
    assert.equal(connection.isOpen, false)
  })
  it('keeps neither what a host says after QUIT nor its place', async () => {
    let now = 1000
    const { connection, host } = await connected({ ...systemClock, now: () => now })
    host.on('error', () => {})
    connection.quit()
    const talking = setInterval(() => host.write('250 one more\r\n'.repeat(100)), 1)
    let isClosed = false
    void connection.closed.then(() => {
      isClosed = true
    })
    await systemClock.sleep(100)
    assert.equal(connection.hasUnread, false)
    assert.equal(isClosed, false, 'it has its time')
    const passing = setInterval(() => {
      now += 1000
    }, 5)
    await connection.closed
    clearInterval(talking)
    clearInterval(passing)
  })
})

test('SNI names hosts, never addresses or their literals (RFC 6066 §3)', () => {
  assert.deepEqual(peerOf('mx.far.example'), { host: 'mx.far.example', servername: 'mx.far.example' })
  for (const [host, bare] of [
    ['203.0.113.1', '203.0.113.1'],
    ['[203.0.113.1]', '203.0.113.1'],
    ['[IPv6:2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
  ] as const)
    assert.deepEqual(peerOf(host), { host: bare })
})
