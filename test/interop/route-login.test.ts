// A real Postfix that takes mail after a login only, with Cyrus SASL behind: a route logs in by each
// mechanism, inside TLS; a wrong password waits, says why, and is forgiven once it is corrected.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sendMessage } from '@gatepost/sandbox/senders.ts'
import { type Acme, live, startAcme } from '../journeys/lib/acme.ts'
import { eventually } from '../journeys/lib/api.ts'
import { type Postfix, saslMissing, startPostfix } from './lib/postfix.ts'

const skip = await saslMissing()
const account = { username: 'gatepost', password: 'correct horse, battery = staple' }

let acme: Acme
let postfix: Postfix
before(
  async () => {
    if (skip) return
    acme = await startAcme()
    postfix = await startPostfix({
      smartHostPort: 1,
      mailboxPort: acme.world.acme.port,
      lmtpPort: 1,
      account,
    })
    acme.world.acme.setRecipients(null)
  },
  { timeout: 480_000 },
)
after(async () => {
  await postfix?.stop()
  await acme?.stop()
})

type Check = { readonly name: string; readonly state: string; readonly saw: string }
type Route = {
  readonly id: string
  readonly lastTest: { readonly state: string; readonly checks: readonly Check[] } | null
}

async function routeWith(login: { readonly password: string; readonly mechanisms?: readonly string[] }) {
  const route = await acme.api.call<Route>('POST', `${acme.base}/routes`, {
    name: 'Relay',
    host: '127.0.0.1',
    port: postfix.port,
    login: { username: account.username, ...login },
  })
  await live(acme.api, acme.base)
  return route
}

async function arrive(subject: string): Promise<void> {
  const { accepted, replies } = await sendMessage({
    port: acme.gateway.mxPort,
    proxy: { sourceIp: '203.0.113.10', sourcePort: 40_000 },
    helo: 'mail.bright.example',
    reversePath: 'ben@bright.example',
    forwardPaths: ['ann@acme.example'],
    content: `From: ben@bright.example\r\nTo: ann@acme.example\r\nSubject: ${subject}\r\n\r\nHello.\r\n`,
  })
  assert.ok(accepted, JSON.stringify(replies.at(-1)))
}

const received = (subject: string) =>
  acme.world.acme
    .waitFor((one) => String(one.content).includes(subject), 120_000)
    .catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${(await postfix.log()).slice(-3_000)}`)
    })

async function tested({ id }: Route): Promise<readonly Check[]> {
  await acme.api.call('POST', `${acme.base}/routes/${id}/test`, { recipient: 'ann@acme.example' })
  const { items } = await eventually(
    () => acme.api.call<{ items: readonly Route[] }>('GET', `${acme.base}/routes`),
    (list) => list.items.some((one) => one.id === id && one.lastTest?.state === 'done'),
    120_000,
  )
  return items.find((one) => one.id === id)?.lastTest?.checks ?? []
}

for (const mechanism of ['SCRAM-SHA-256', 'CRAM-MD5', 'PLAIN', 'LOGIN']) {
  test(`Postfix takes our login by ${mechanism}`, { skip, timeout: 480_000 }, async () => {
    await routeWith({ password: account.password, mechanisms: [mechanism] })
    await arrive(`by ${mechanism}`)
    await received(`by ${mechanism}`)
    assert.match(await postfix.log(), new RegExp(`sasl_method=${mechanism}, sasl_username=gatepost`))
  })
}

test('a password that Postfix does not take keeps the mail here and says why', {
  skip,
  timeout: 480_000,
}, async () => {
  const route = await routeWith({ password: 'the old one' })
  const refused = (await tested(route)).find(({ name }) => name === 'login')
  assert.equal(refused?.state, 'failed')
  assert.match(refused.saw, /said 535 5\.7\.8/)
  await arrive('patience')
  type Item = { readonly id: string; readonly recipients: readonly { readonly lastReply: string | null }[] }
  const { items } = await eventually(
    () => acme.api.call<{ items: readonly Item[] }>('GET', `${acme.base}/queue`),
    (queue) => queue.items.some(({ recipients }) => recipients.some(({ lastReply }) => lastReply !== null)),
    120_000,
  )
  const text = JSON.stringify(items)
  assert.match(text, /the login of the delivery route failed: the host said 535/)
  assert.ok(!text.includes('the old one'))
  const login = { username: account.username, password: account.password }
  await acme.api.call('PATCH', `${acme.base}/routes/${route.id}`, { login })
  await live(acme.api, acme.base)
  const passed = (
    await eventually(
      () => tested(route).catch(() => []),
      (checks) => checks.length > 0,
      120_000,
    )
  ).find(({ name }) => name === 'login')
  assert.equal(passed?.state, 'passed')
  await acme.api.call('POST', `${acme.base}/messages/${items[0]?.id}/retry`, {})
  await received('patience')
})
