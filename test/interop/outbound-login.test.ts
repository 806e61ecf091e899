// A real Postfix as the customer's server on a changing address: it signs in by each mechanism that we offer,
// inside TLS, and its mail goes out.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sendMessage } from '@gatepost/sandbox/senders.ts'
import { type Acme, live, startAcme } from '../journeys/lib/acme.ts'
import { eventually } from '../journeys/lib/api.ts'
import { postfixMissing, startPostfix } from './lib/postfix.ts'

const skip = await postfixMissing()

let acme: Acme
before(
  async () => {
    if (!skip) acme = await startAcme()
  },
  { timeout: 240_000 },
)
after(() => acme?.stop())

type Login = { readonly credential: { readonly username: string }; readonly password: string }

for (const mechanism of ['scram-sha-256', 'plain', 'login']) {
  test(`Postfix signs in with ${mechanism.toUpperCase()}`, { skip, timeout: 240_000 }, async () => {
    const login = await acme.api.call<Login>('POST', `${acme.base}/outbound/credentials`, { name: mechanism })
    await live(acme.api, acme.base)
    const postfix = await startPostfix({
      smartHostPort: acme.gateway.submissionPort,
      mailboxPort: 1,
      lmtpPort: 1,
      login: { username: login.credential.username, password: login.password, mechanism },
    })
    try {
      const subject = `from Postfix by ${mechanism}`
      const content = `From: ann@acme.example\r\nTo: ben@bright.example\r\nSubject: ${subject}\r\n\r\nHello.\r\n`
      const { accepted, replies } = await sendMessage({
        port: postfix.port,
        helo: 'app.acme.example',
        reversePath: 'ann@acme.example',
        forwardPaths: ['ben@bright.example'],
        content,
      })
      assert.ok(accepted, JSON.stringify(replies.at(-1)))
      const message = await acme.world.outside
        .waitFor((one) => String(one.content).includes(subject), 20_000)
        .catch(async (error: unknown) => {
          throw new Error(`${String(error)}\n${(await postfix.log()).slice(-3_000)}`)
        })
      assert.match(String(message.content), /with ESMTPSA id msg_/)
    } finally {
      await postfix.stop()
    }
  })
}

test('Postfix with a password that was replaced keeps its mail, and says why', {
  skip,
  timeout: 240_000,
}, async () => {
  const login = await acme.api.call<Login>('POST', `${acme.base}/outbound/credentials`, { name: 'old' })
  await live(acme.api, acme.base)
  const postfix = await startPostfix({
    smartHostPort: acme.gateway.submissionPort,
    mailboxPort: 1,
    lmtpPort: 1,
    login: { username: login.credential.username, password: 'the-old-one', mechanism: 'scram-sha-256' },
  })
  try {
    await sendMessage({
      port: postfix.port,
      helo: 'app.acme.example',
      reversePath: 'ann@acme.example',
      forwardPaths: ['ben@bright.example'],
      content: 'From: ann@acme.example\r\n\r\nHello.\r\n',
    })
    const log = await eventually(
      () => postfix.log(),
      (text) => text.includes('SASL authentication failed'),
      20_000,
    )
    assert.match(log, /535 5\.7\.8/)
    assert.match(log, /status=deferred/)
  } finally {
    await postfix.stop()
  }
})
