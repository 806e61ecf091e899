// Story: somebody reads the log of a day in which people mistyped passwords and clients said nasty things: no
// secret stands in it, and no line of it can play with a terminal.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createApi, eventually, setUp } from './lib/api.ts'
import { type Gateway, startGateway } from './lib/gateway.ts'

const PASSWORD = 'canary horse battery 4711'
const NASTY = [
  'EHLO \u001b[31mred\u001b]0;title\u0007',
  'EHLO x\u009b2J',
  'MAIL FROM:<a\u202eb@bright.example>',
  'MAIL FROM:<a@b\u0000.example>',
  'RCPT TO:<"\u0008\u0008\u0008"@acme.example>',
  'AUTH PLAIN AGNhbmFyeQBjYW5hcnktNDcxMQ==',
  '{"level":"error","event":"forged"}',
]

/** Says lines to the port, whatever is answered, until it is closed or all are said. */
async function say(port: number, lines: readonly string[]): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined).on('data', () => undefined)
  await pause(100)
  for (const line of lines) {
    socket.write(`${line}\r\n`)
    await pause(50)
  }
  socket.destroy()
}

async function mistakes(gateway: Gateway): Promise<void> {
  const { api } = await setUp(gateway, PASSWORD)
  await api.call('DELETE', '/v1/sessions/current').catch(() => undefined)
  const stranger = createApi(gateway.url)
  const email = 'ada@acme.example'
  await stranger.raw('POST', '/v1/sessions', { email, password: `${PASSWORD}5` })
  await stranger.raw('POST', '/v1/sessions', { email, password: PASSWORD, extra: PASSWORD })
  await stranger.raw('POST', '/v1/sessions', { email: PASSWORD, password: '' })
  await stranger.raw('POST', `/v1/setup`, { token: PASSWORD })
  await stranger.call('POST', '/v1/sessions', { email, password: PASSWORD })
  for (const line of NASTY) await say(gateway.mxPort, [line])
  await say(gateway.mxPort, NASTY)
}

test('case 74: the log of a whole run shows no secret and no control character', {
  timeout: 240_000,
}, async () => {
  const gateway = await startGateway({ env: { GATEPOST_LOG_LEVEL: 'debug' } })
  const token = /token=([\w-]+)/.exec(gateway.setupUrl ?? '')?.[1] ?? ''
  assert.ok(token.length > 30)
  try {
    await mistakes(gateway)
    await eventually(
      () => gateway.output(),
      (text) => text.includes('control.sign-in.failed') && text.includes('edge.connection.closed'),
    )
  } finally {
    await gateway.stop()
  }
  const lines = gateway
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
  assert.ok(lines.length > 20, `${lines.length} lines`)
  for (const line of lines) {
    assert.doesNotMatch(line, /[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
    const { event, time, level } = JSON.parse(line)
    assert.ok(event !== 'forged' && time && level)
  }
  const log = lines.join('\n')
  for (const secret of [PASSWORD, 'canary', token, 'AGNhbmFyeQ']) {
    assert.ok(!log.includes(secret), `${secret} stands in: ${lines.find((line) => line.includes(secret))}`)
  }
})
