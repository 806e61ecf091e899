// Story: the organisation's hosts send through us, by address, by login and from a shared cloud; every change
// counts on all edges within seconds.
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { proxyHeader } from '@gatepost/server/edge/proxy.ts'
import { type Acme, live, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'
import { swaks, swaksMissing } from './lib/swaks.ts'

const skip = swaksMissing()
/** What is promised (O2). */
const LIVE_MS = 30_000
const DYNAMIC = { clientIp: '203.0.113.77', helo: 'host.acme.example' }
const OUT = { from: 'ann@acme.example', to: 'ben@bright.example' }

let acme: Acme
before(
  async () => {
    if (!skip) acme = await startAcme({ GATEPOST_WORKERS: '2' })
  },
  { timeout: 240_000 },
)
after(() => acme?.stop())

const mx = (): number => acme.gateway.mxPort
const submission = (): number => acme.gateway.submissionPort
const post = <T>(path: string, body: unknown = {}): Promise<T> =>
  acme.api.call<T>('POST', `${acme.base}/${path}`, body)

type Login = {
  readonly credential: { readonly id: string; readonly username: string }
  readonly password: string
}

function arrived(subject: string) {
  return acme.world.outside.waitFor(({ content }) => String(content).includes(subject), 30_000)
}

test('an authorised address counts at both edge workers within 5 s, and stops as fast', {
  skip,
}, async (t) => {
  const ip = '198.51.100.77'
  const isRefused = async () => (await askMany(ip)).every((code) => code === 451)
  assert.equal(await isRefused(), true, 'an address that nobody authorised')
  const began = Date.now()
  await post('outbound/addresses', { address: ip, comment: 'second host' })
  await eventually(
    () => askMany(ip),
    (codes) => codes.every((code) => code === 250),
    LIVE_MS,
  )
  const allowed = Date.now() - began
  const again = Date.now()
  await acme.api.call('DELETE', `${acme.base}/outbound/addresses/${ip}`)
  await eventually(isRefused, (refused) => refused, LIVE_MS)
  const stopped = Date.now() - again
  t.diagnostic(`authorised at both workers after ${allowed} ms, revoked after ${stopped} ms`)
  const { total, live: isLive } = await acme.api.call<{ total: number; live: number }>(
    'GET',
    `${acme.base}/live`,
  )
  assert.deepEqual([total, isLive], [2, 2])
})

test('swaks: a login by PLAIN and LOGIN inside TLS; nothing before TLS, and no wrong password', {
  skip,
}, async () => {
  const login = await post<Login>('outbound/credentials', { name: 'Branch office' })
  await live(acme.api, acme.base)
  const { username } = login.credential
  const { password } = login
  for (const mechanism of ['PLAIN', 'LOGIN']) {
    for (const port of [submission(), mx()]) {
      const subject = `login ${mechanism} ${port}`
      const sent = await swaks({ ...DYNAMIC, ...OUT, port, subject, auth: { mechanism, username, password } })
      assert.equal(sent.code, 0, sent.dialog)
      assert.match(String((await arrived(subject)).content), /with ESMTPSA id msg_/)
    }
  }
  const clear = await swaks({ ...DYNAMIC, ...OUT, port: submission() })
  assert.match(clear.dialog, /<\*\* 530 5\.7\.0 Authentication required/)
  assert.doesNotMatch(clear.dialog, /250.AUTH/)
  const wrong = await swaks({
    ...DYNAMIC,
    ...OUT,
    port: submission(),
    auth: { mechanism: 'PLAIN', username, password: 'wrong' },
  })
  assert.match(wrong.dialog, /535 5\.7\.8/)
  const foreign = await swaks({
    ...DYNAMIC,
    ...OUT,
    from: 'eve@other.example',
    port: submission(),
    auth: { mechanism: 'PLAIN', username, password },
  })
  assert.match(
    foreign.dialog,
    /451 4\.7\.1 Open relay not allowed \(other\.example is not a validated domain\)/,
  )
  const used = await eventually(
    () =>
      acme.api.call<{ items: { lastSeenAt: number | null; lastAddress: string }[] }>(
        'GET',
        `${acme.base}/outbound/credentials`,
      ),
    ({ items }) => items[0]?.lastSeenAt != null,
    30_000,
  )
  assert.equal(used.items[0]?.lastAddress, DYNAMIC.clientIp)
})

test('a revoked login ends within seconds, also in a session that is open', { skip }, async (t) => {
  const { credential, password } = await post<Login>('outbound/credentials', { name: 'Scanner' })
  await live(acme.api, acme.base)
  const session = await openTls(submission())
  const plain = Buffer.from(`\0${credential.username}\0${password}`).toString('base64')
  assert.match(await session.say(`AUTH PLAIN ${plain}`), /^235/)
  assert.match(await session.say('MAIL FROM:<ann@acme.example>'), /^250/)
  await session.say('RSET')
  const began = Date.now()
  await acme.api.call('DELETE', `${acme.base}/outbound/credentials/${credential.id}`)
  const said = await eventually(
    async () => {
      const reply = await session.say('MAIL FROM:<ann@acme.example>')
      if (reply.startsWith('250')) await session.say('RSET')
      return reply
    },
    (reply) => reply.startsWith('530 5.7.0'),
    LIVE_MS,
  )
  t.diagnostic(`revoked in an open session after ${Date.now() - began} ms: ${said.trim()}`)
  session.end()
})

test('a forwarding address: out with SRS, and a bounce finds back', { skip }, async () => {
  await post('forwarding-addresses', { address: 'bob@acme.example', target: 'pat@bright.example' })
  await live(acme.api, acme.base)
  const sent = await swaks({
    clientIp: '203.0.113.10',
    helo: 'mail.bright.example',
    port: mx(),
    from: 'ben@bright.example',
    to: 'bob@acme.example',
    subject: 'forward me',
  })
  assert.equal(sent.code, 0, sent.dialog)
  const forwarded = await arrived('forward me')
  assert.deepEqual(forwarded.forwardPaths, ['pat@bright.example'])
  assert.match(forwarded.reversePath ?? '', /^SRS0=.*=bright\.example=ben@acme\.example$/)
  assert.match(String(forwarded.content), /X-Gatepost-Forwarded: fwd_/)
  const bounce = await swaks({
    clientIp: '203.0.113.10',
    helo: 'mail.bright.example',
    port: mx(),
    from: '<>',
    to: forwarded.reversePath ?? '',
    subject: 'no such mailbox',
  })
  assert.equal(bounce.code, 0, bounce.dialog)
  assert.deepEqual((await arrived('no such mailbox')).forwardPaths, ['ben@bright.example'])
})

/** Replies to RCPT of several connections at once: the kernel hands them to both workers. */
function askMany(ip: string): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: 8 }, () => askOnce(ip)))
}

async function askOnce(ip: string): Promise<number> {
  const session = await open(mx(), ip)
  await session.say('EHLO host.acme.example')
  await session.say('MAIL FROM:<ann@acme.example>')
  const reply = await session.say('RCPT TO:<ben@bright.example>')
  session.end()
  return Number(reply.slice(0, 3))
}

type Session = { say(line: string): Promise<string>; readonly socket: Socket; end(): void }

async function open(port: number, ip: string): Promise<Session> {
  const socket = connect({ port, host: '127.0.0.1' })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.write(proxyHeader({ ip, port: 50_000 }, { ip: '127.0.0.1', port }))
  const session = sessionOf(socket)
  await session.say('')
  return session
}

function sessionOf(socket: Socket): Session {
  let text = ''
  let wake: () => void = () => undefined
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    wake()
  })
  socket.on('error', () => wake())
  const isWhole = () => /(?:^|\r\n)\d{3} [^\r]*\r\n$/.test(text)
  return {
    socket,
    async say(line) {
      if (line !== '') {
        text = ''
        socket.write(`${line}\r\n`)
      }
      for (let tries = 0; !isWhole() && tries < 1_200; tries += 1) {
        await new Promise<void>((resolve) => {
          wake = resolve
          setTimeout(resolve, 50)
        })
      }
      return text
    },
    end: () => socket.destroy(),
  }
}

async function openTls(port: number): Promise<Session> {
  const { connect: connectTls } = await import('node:tls')
  const plain = await open(port, DYNAMIC.clientIp)
  await plain.say('EHLO host.acme.example')
  assert.match(await plain.say('STARTTLS'), /^220/)
  plain.socket.removeAllListeners('data')
  const secure = connectTls({ socket: plain.socket, rejectUnauthorized: false })
  await new Promise((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject))
  const session = sessionOf(secure)
  assert.match(
    await session.say('EHLO host.acme.example'),
    /AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN/,
  )
  return session
}
