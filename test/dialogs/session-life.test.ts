// What is left of a session that ended or broke at an awkward moment: no count, no file, no loss.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { proxyHeader } from '@gatepost/server/edge/proxy.ts'
import { turn } from './clock.ts'
import { World } from './world.ts'

const MESSAGE = 'MAIL FROM:<bob@sender.example>\r\nRCPT TO:<ann@acme.example>\r\nDATA\r\nSubject: x\r\n\r\n'
/** Goes to a file. */
const LARGE = Buffer.alloc(1_999_998, 'a\r\n')

async function setUp(t: TestContext, tenant = 'users ann', ...lines: string[]) {
  const world = new World()
  world.describe(`tenant acme.example: ${tenant}`)
  world.describe('config trusted=none')
  for (const line of lines) world.describe(line)
  const { mx } = await world.open()
  t.after(() => world.close())
  const client = async (): Promise<Socket> => {
    const socket = connect({ port: mx, host: '127.0.0.1' })
    socket.on('error', () => undefined)
    await once(socket, 'data')
    socket.write('EHLO mx.sender.example\r\n')
    await once(socket, 'data')
    return socket
  }
  return { world, client }
}

/** Waits, in real time, until something is so. */
async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 60_000
  while (!isSo()) {
    assert.ok(Date.now() < end, `${what} did not come about`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The replies to one large message, sent with all before it. */
async function sendLarge(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  socket.write(MESSAGE)
  socket.write(LARGE)
  socket.write('\r\n.\r\nQUIT\r\n')
  await once(socket, 'close')
  return text
}

test('a client that leaves while its recipient is looked at counts for no organisation any more', async (t) => {
  const { world, client } = await setUp(t, 'users ann; greylisting observe')
  const answers: (() => void)[] = []
  const query = world.dns.query.bind(world.dns)
  world.dns.query = async (asked) => {
    await new Promise<void>((resolve) => answers.push(resolve))
    return query(asked)
  }
  const socket = await client()
  socket.write('MAIL FROM:<bob@sender.example>\r\nRCPT TO:<ann@acme.example>\r\n')
  await until(() => [...world.edge.sessions].some(({ state }) => state === 'busy'), 'a look-up')
  socket.destroy()
  await until(() => world.edge.sessions.size === 0, 'the end of the session')
  assert.ok(answers.length > 0)
  for (let i = 0; i < 10; i++) {
    for (const answer of answers.splice(0)) answer()
    await turn()
  }
  assert.equal(world.edge.tenantConnections.countOf('acme'), 0)
})

test('what fails behind the commit takes neither the content away nor the 250 back', async (t) => {
  const { world, client } = await setUp(t)
  world.edge.greylist!.learn = () => {
    throw new Error('the greylist cannot be read')
  }
  world.describe('dns sender.example TXT v=spf1 ip4:127.0.0.1 -all')
  assert.match(await sendLarge(await client()), /\r\n250 2\.0\.0 Ok: queued as .*\r\n221 /)
  assert.deepEqual([world.spool.messages.length, world.spool.files[0]?.isDiscarded], [1, false])
  assert.ok(world.events.some(({ name }) => name === 'edge.command.failed'))
})

test('a message whose client is gone before it is stored is not stored: it would be there twice', async (t) => {
  const { world, client } = await setUp(t)
  const waiting: (() => void)[] = []
  world.edge.clientNames.name = () => new Promise((resolve) => waiting.push(() => resolve(null)))
  for (const content of [Buffer.from('a\r\n'), LARGE]) {
    const socket = await client()
    socket.write(MESSAGE)
    socket.write(content)
    socket.write('.\r\n')
    await until(() => waiting.length === 1, 'the judgement')
    socket.resetAndDestroy()
    await until(() => world.edge.sessions.size === 0, 'the end of the session')
    waiting.pop()!()
    for (let i = 0; i < 10; i++) await turn()
  }
  await world.clock.advance(300)
  assert.equal(world.spool.messages.length, 0)
  assert.deepEqual(
    world.spool.refusals.map(({ outcome, reply }) => [outcome, reply.status]),
    [
      ['deferred', '4.4.2'],
      ['deferred', '4.4.2'],
    ],
  )
  assert.equal(world.spool.files[0]?.isDiscarded, true)
})

test('a judgement that breaks leaves no file open', async (t) => {
  const { world, client } = await setUp(t)
  world.edge.clientNames.name = () => Promise.reject(new Error('broken'))
  assert.match(await sendLarge(await client()), /\r\n451 4\.3\.0 .*\r\n221 /)
  await until(() => world.spool.files.every(({ isDiscarded }) => isDiscarded), 'the file to be removed')
  assert.deepEqual([world.spool.messages.length, world.spool.files.length], [0, 1])
})

test('content that we cannot read on ends its connection, and no other', async (t) => {
  const { world, client } = await setUp(t)
  world.edge.authenticator.tap = () => {
    throw new Error('a header nobody thought of')
  }
  const other = await client()
  assert.match(await sendLarge(await client()), /\r\n354 .*\r\n451 4\.3\.0 [^\n]*\n$/)
  other.write('NOOP\r\n')
  assert.match(String(((await once(other, 'data')) as [Buffer])[0]), /^250 /)
  other.destroy()
  assert.equal(world.spool.messages.length, 0)
  await until(() => world.spool.files.every(({ isDiscarded }) => isDiscarded), 'the file to be removed')
})

test('case 10: connections that were refused take no place from those that are served', async (t) => {
  const world = new World()
  world.describe('tenant acme.example: users ann')
  world.describe('config connections=3 connectionsPerClient=1')
  const { mx } = await world.open()
  t.after(() => world.close())
  const from = async (ip: string): Promise<string> => {
    const socket = connect({ port: mx, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => undefined)
    socket.write(proxyHeader({ ip, port: 50_000 }, { ip: '127.0.0.1', port: mx }))
    return String(((await once(socket, 'data')) as [Buffer])[0])
  }
  assert.match(await from('192.0.2.1'), /^220 /)
  for (let i = 0; i < 5; i++) assert.match(await from('192.0.2.1'), /^421 4\.7\.0 /)
  assert.match(await from('192.0.2.2'), /^220 /)
  assert.equal(world.edge.connections.total, 2)
  await until(() => world.edge.sessions.size === 2, 'the end of the refused')
})

test('content that comes octet by octet is gathered: each by itself would cost a hundred times as much', async (t) => {
  const { world, client } = await setUp(t)
  const socket = await client()
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  socket.write('MAIL FROM:<bob@sender.example>\r\nRCPT TO:<ann@acme.example>\r\n')
  const content = `Subject: x\r\n\r\n${'0123456789'.repeat(1_000)}\r\n`
  socket.write([...content].map((octet) => `BDAT 1\r\n${octet}`).join(''))
  const chunked = () => [...world.edge.sessions][0]?.transaction?.chunked
  await until(() => chunked()?.size === content.length, 'the chunks')
  const pieces = chunked()!.sink.chunks().length
  assert.ok(pieces < 20, `${pieces} pieces`)
  socket.write('BDAT 600\r\n')
  socket.write('z'.repeat(600))
  socket.write('BDAT 3 LAST\r\n!\r\nQUIT\r\n')
  await once(socket, 'close')
  assert.match(text, /\r\n250 2\.0\.0 Ok: queued as .*\r\n221 /)
  assert.equal(world.spool.messages[0]?.content.toString(), `${content}${'z'.repeat(600)}!\r\n`)
})

test('chunks wait for the disk like any content: each is answered once there is room for the next', async (t) => {
  const { world, client } = await setUp(t)
  const openContent = world.spool.openContent.bind(world.spool)
  const writing: (() => void)[] = []
  world.spool.openContent = async () => {
    const file = await openContent()
    const write = file.write.bind(file)
    file.write = async (chunk) => {
      await new Promise<void>((resolve) => writing.push(resolve))
      return write(chunk)
    }
    return file
  }
  const socket = await client()
  const chunk = Buffer.concat([Buffer.from('BDAT 60000\r\n'), Buffer.alloc(60_000, '\r\n')])
  let left = 100
  // One chunk, one answer: as soon as an answer is here, the next chunk goes out.
  socket.on('data', (replies: Buffer) => {
    if (replies.toString().endsWith(' octets received\r\n') && left > 0)
      socket.write(--left === 0 ? 'BDAT 0 LAST\r\n' : chunk)
  })
  socket.write('MAIL FROM:<bob@sender.example>\r\nRCPT TO:<ann@acme.example>\r\n')
  socket.write(chunk)
  await until(() => writing.length > 0, 'the disk')
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.ok(world.edge.heldContent.octets < 2_000_000, `${world.edge.heldContent.octets} octets`)
  const disk = setInterval(() => writing.shift()?.(), 1)
  await until(() => world.spool.messages.length === 1, 'the message')
  clearInterval(disk)
  assert.deepEqual([world.spool.messages[0]?.content.length, world.edge.heldContent.octets], [6_000_000, 0])
  socket.destroy()
})

test('a recipient that we fail at is deferred alone: the next ones are not told that there is no sender', async (t) => {
  const { world, client } = await setUp(t, 'users ann bob')
  const recipientOf = world.holder.recipientOf.bind(world.holder)
  world.holder.recipientOf = (tenantId, key) => {
    if (key === 'bob@acme.example') throw new Error('a name nobody thought of')
    return recipientOf(tenantId, key)
  }
  const socket = await client()
  socket.write(
    'MAIL FROM:<bob@sender.example>\r\nRCPT TO:<bob@acme.example>\r\nRCPT TO:<ann@acme.example>\r\n',
  )
  socket.write('DATA\r\n\r\n.\r\nQUIT\r\n')
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  await once(socket, 'close')
  assert.match(text, /^250 .*\r\n451 4\.3\.0 .*\r\n250 2\.1\.5 .*\r\n354 .*\r\n250 2\.0\.0 /)
  assert.deepEqual(
    world.spool.messages[0]?.envelope.recipients.map(({ forwardPath }) => forwardPath),
    ['ann@acme.example'],
  )
})

test('who speaks behind the header of a proxy before our greeting is an early talker from the start', async (t) => {
  const world = new World()
  world.describe('tenant acme.example: users ann')
  const { mx } = await world.open()
  t.after(() => world.close())
  const socket = connect({ port: mx, host: '127.0.0.1' })
  const header = proxyHeader({ ip: '192.0.2.1', port: 50_000 }, { ip: '127.0.0.1', port: mx })
  const early =
    'EHLO mx.sender.example\r\nMAIL FROM:<bob@sender.example>\r\nRCPT TO:<nobody@acme.example>\r\n'
  socket.write(Buffer.concat([header, Buffer.from(early)]))
  const refused = () => world.events.find(({ name }) => name === 'edge.recipient.refused')
  await until(() => refused() !== undefined, 'the refusal')
  assert.equal((refused()!.fields as { isEarlyTalker?: boolean }).isEarlyTalker, true)
  socket.destroy()
})

test('case 10: under pressure a client that does not read its replies makes room', async (t) => {
  const { world, client } = await setUp(t, 'users ann', 'config connections=1')
  const socket = await client()
  socket.pause()
  const block = Buffer.from('HELP\r\n'.repeat(10_000))
  while (socket.writableLength < 3_000_000) {
    socket.write(block)
    await turn()
  }
  await until(() => [...world.edge.sessions].some(({ state }) => state === 'busy'), 'our reading to stop')
  for (let i = 0; i < 20 && world.edge.sessions.size > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    await world.clock.advance(12_000)
  }
  await until(() => world.edge.sessions.size === 0, 'room')
  assert.equal(world.edge.connections.total, 0)
  socket.destroy()
})

test('case 10: a chunk that belongs to no transaction keeps no place, however it drips', async (t) => {
  const { world, client } = await setUp(t, 'users ann', 'config connections=1')
  const socket = await client()
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  socket.write('BDAT 9007199254740991\r\n')
  for (let i = 0; i < 6; i++) {
    socket.write('x')
    for (let turns = 0; turns < 10; turns++) await turn()
    await world.clock.advance(2_000)
  }
  await until(() => text !== '', 'the end of our patience')
  assert.match(text, /^421 4\.4\.2 /)
})

test('case 44: a clock that is set ends no session, and each has its usual time from then on', async (t) => {
  const { world, client } = await setUp(t)
  const socket = await client()
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  for (const hours of [1, 24]) {
    await world.clock.leap(hours * 3_600_000)
    await world.clock.advance(100_000)
    for (let i = 0; i < 10; i++) await turn()
    assert.deepEqual([world.edge.sessions.size, text], [1, ''], `${hours} hours`)
  }
  await world.clock.advance(302_000)
  await until(() => text !== '', 'the time-out')
  assert.match(text, /^421 4\.4\.2 /)
})
