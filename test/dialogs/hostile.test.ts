// What a dialog cannot write down: clients that never read, half-close, break off, drip, or come in
// thousands.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { turn } from './clock.ts'
import { type Ports, World } from './world.ts'

async function setUp(t: TestContext, ...lines: string[]): Promise<{ world: World; ports: Ports }> {
  const world = new World()
  world.describe('tenant acme.example: users ann')
  world.describe('config trusted=none')
  for (const line of lines) world.describe(line)
  const ports = await world.open()
  t.after(() => world.close())
  return { world, ports }
}

async function plain(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** Waits, in real time, until something is so. */
async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 60_000
  while (!isSo()) {
    assert.ok(Date.now() < end, `${what} did not come about`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function allText(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    text += chunk
  })
  await once(socket, 'close')
  return text
}

const MESSAGE =
  'MAIL FROM:<bob@sender.example>\r\nRCPT TO:<ann@acme.example>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n'

test('a client that sends all at once and closes its side still hears every reply', async (t) => {
  const { world, ports } = await setUp(t)
  const socket = connect({ port: ports.mx, host: '127.0.0.1', allowHalfOpen: true })
  socket.end(`EHLO mx.sender.example\r\n${MESSAGE}`)
  const text = await allText(socket)
  assert.match(text, /^220 .*250 2\.0\.0 Ok: queued as msg_/s)
  assert.equal(world.spool.messages.length, 1)
})

test('a client that never reads is read no further, and costs little', async (t) => {
  const { world, ports } = await setUp(t)
  const socket = await plain(ports.mx)
  socket.pause()
  const block = Buffer.from('NOOP\r\n'.repeat(10_000))
  let sent = 0
  for (; sent < 2_000 && socket.writableLength < 10_000_000; sent++) {
    socket.write(block)
    if (sent % 50 === 0) await turn()
  }
  await until(() => socket.writableLength > 1_000_000, 'our reading to stop')
  socket.destroy()
  await until(() => world.edge.sessions.size === 0, 'the end of the session')
})

test('a connection that breaks off in the content leaves nothing behind, not even a file', async (t) => {
  const { world, ports } = await setUp(t)
  for (const octets of [1_000, 3_000_000]) {
    const socket = await plain(ports.mx)
    socket.resume()
    socket.write(`EHLO mx.sender.example\r\n${MESSAGE.slice(0, -3)}`)
    socket.write(Buffer.alloc(octets, 'a\r\n'))
    await until(() => socket.writableLength === 0, 'the content to be sent')
    await until(() => octets < 2_000_000 || world.spool.files.length > 0, 'the file')
    socket.destroy()
    await until(() => world.edge.sessions.size === 0, 'the end of the session')
  }
  await until(() => world.spool.files.every((file) => file.isDiscarded), 'the file to be removed')
  assert.deepEqual([world.spool.messages.length, world.edge.connections.total], [0, 0])
})

test('a disk that refuses in the middle of large content is 452, and the session goes on', async (t) => {
  const { world, ports } = await setUp(t)
  const openContent = world.spool.openContent.bind(world.spool)
  world.spool.openContent = async () => {
    const file = await openContent()
    world.spool.files.at(-1)!.refusesAfter = 500_000
    return file
  }
  const socket = await plain(ports.mx)
  const text = allText(socket)
  socket.write(`EHLO mx.sender.example\r\n${MESSAGE.slice(0, -3)}`)
  socket.write(Buffer.alloc(3_000_000, 'a\r\n'))
  socket.write('\r\n.\r\nNOOP\r\nQUIT\r\n')
  assert.match(await text, /452 4\.3\.1 .*\r\n250 2\.0\.0 Ok\r\n221 /)
  assert.equal(world.spool.messages.length, 0)
})

test('under pressure idle sessions make room, so that newcomers are served', async (t) => {
  const { world, ports } = await setUp(t, 'config connections=10 connectionsPerClient=100')
  const sockets = await Promise.all(Array.from({ length: 10 }, () => plain(ports.mx)))
  for (const socket of sockets) socket.resume()
  await until(() => world.edge.sessions.size === 10, 'ten sessions')
  assert.match(await allText(await plain(ports.mx)), /^421 4\.7\.0 /)
  await world.clock.advance(12_000)
  await until(() => world.edge.sessions.size === 0, 'room')
  const newcomer = await plain(ports.mx)
  const [greeting] = (await once(newcomer, 'data')) as [Buffer]
  assert.match(greeting.toString(), /^220 /)
  newcomer.destroy()
})

test('an idle session costs a few kilobytes', { timeout: 240_000 }, async (t) => {
  const { world, ports } = await setUp(t, 'config connections=2000 connectionsPerClient=2000')
  const open = async (count: number): Promise<Socket[]> => {
    const sockets: Socket[] = []
    for (let i = 0; i < count; i++) {
      const socket = await plain(ports.mx)
      await once(socket, 'data')
      socket.write('EHLO mx.sender.example\r\n')
      await once(socket, 'data')
      sockets.push(socket)
    }
    return sockets
  }
  const sockets = await open(50)
  const heap = (): number => {
    globalThis.gc?.()
    return process.memoryUsage().heapUsed
  }
  const before = heap()
  sockets.push(...(await open(400)))
  const each = (heap() - before) / 400
  t.diagnostic(`${Math.round(each)} octets of heap for both ends of a session`)
  // Without --expose-gc this holds garbage too, and always the client's socket.
  assert.ok(each < 40_000, `${each} octets`)
  for (const socket of sockets) socket.destroy()
  await until(() => world.edge.sessions.size === 0, 'the end of all sessions')
  assert.equal(world.edge.connections.total, 0)
})

async function overTls(port: number, session?: Buffer): Promise<TLSSocket> {
  const socket = await plain(port)
  await once(socket, 'data')
  socket.write('EHLO mx.sender.example\r\nSTARTTLS\r\n')
  let text = ''
  while (!text.includes('220 2.0.0')) text += String(((await once(socket, 'data')) as [Buffer])[0])
  socket.removeAllListeners('data')
  const secure = connectTls({ socket, rejectUnauthorized: false, ...(session ? { session } : {}) })
  secure.on('error', () => undefined)
  await once(secure, 'secureConnect')
  return secure
}

test('TLS sessions are resumed', async (t) => {
  const { ports } = await setUp(t)
  const first = await overTls(ports.mx)
  const ticket = once(first, 'session') as Promise<[Buffer]>
  first.resume()
  first.write('EHLO mx.sender.example\r\n')
  const [session] = await ticket
  assert.equal(first.isSessionReused(), false)
  first.destroy()
  const second = await overTls(ports.mx, session)
  assert.equal(second.isSessionReused(), true)
  second.destroy()
})

/** Passes octets on both ways; `inject` writes to the server what the client never said. */
async function relay(t: TestContext, port: number): Promise<{ port: number; inject(text: string): void }> {
  let inner: Socket | null = null
  const server = createServer((outer) => {
    inner = connect({ port, host: '127.0.0.1' })
    inner.on('error', () => undefined)
    outer.on('error', () => undefined)
    inner.pipe(outer)
    outer.pipe(inner, { end: false })
  }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, inject: (text) => inner?.write(text) }
}

test('case 5: TLS that ends in the middle of a chunk ends the connection, whatever follows in clear', async (t) => {
  const { world, ports } = await setUp(t)
  const between = await relay(t, ports.mx)
  const secure = await overTls(between.port)
  secure.resume()
  secure.write(`EHLO mx.sender.example\r\n${MESSAGE.slice(0, MESSAGE.indexOf('DATA'))}BDAT 100\r\nhalf`)
  await until(() => [...world.edge.sessions].some((session) => session.isChunking), 'the chunk')
  secure.end()
  await once(secure, 'close')
  between.inject(`x\r\n.\r\nBDAT 0 LAST\r\nRSET\r\n${MESSAGE}`)
  await until(() => world.edge.sessions.size === 0, 'the end of the session')
  assert.equal(world.spool.messages.length, 0)
  assert.ok(!world.events.some(({ name }) => name === 'edge.command.failed'))
})

test('a handshake that is no handshake ends the connection and nothing else', async (t) => {
  const { world, ports } = await setUp(t)
  const socket = await plain(ports.implicitTls)
  socket.write('EHLO mx.sender.example\r\n')
  await allText(socket)
  await until(() => world.edge.sessions.size === 0, 'the end of the session')
  const silent = await plain(ports.implicitTls)
  silent.resume()
  const closed = once(silent, 'close')
  await until(() => world.edge.sessions.size === 1, 'the session')
  await world.clock.advance(60_000)
  await closed
  assert.equal(world.edge.connections.total, 0)
})
