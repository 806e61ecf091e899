// Story: mail in, mail out, and every refusal with its exact reply, as an administrator sees it with swaks
// and the API.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACME_IP, type Acme, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'
import { swaks, swaksMissing } from './lib/swaks.ts'

const skip = swaksMissing()
const OUTSIDE = { clientIp: '203.0.113.10', helo: 'mail.bright.example' }
const HOST = { clientIp: ACME_IP, helo: 'exchange.acme.example' }

type Row = {
  readonly id: string
  readonly status: string
  readonly reason: string
  readonly direction: string | null
}
type Step = {
  readonly policy: string
  readonly kind: string
  readonly because: string
  readonly deciding: boolean
}
type Message = Row & {
  readonly verdict: string
  readonly explanation: readonly Step[]
  readonly recipients: readonly { readonly explanation: readonly Step[] }[]
  readonly attempts: readonly { readonly outcome: string; readonly reply: { readonly code: number } }[]
}

let acme: Acme
before(
  async () => {
    if (!skip) acme = await startAcme()
  },
  { timeout: 240_000 },
)
after(() => acme?.stop())

const port = (): number => acme.gateway.mxPort

/** The first row of the message centre that a search finds; tracking is promised within 2 s. */
function found(search: string, status: string): Promise<Row> {
  return eventually(
    async () => {
      const query = new URLSearchParams({ search, status })
      const { items } = await acme.api.call<{ items: readonly Row[] }>(
        'GET',
        `${acme.base}/messages?${query}`,
      )
      return items[0] as Row
    },
    (row) => row !== undefined,
    2_500,
  )
}

test('a message for a known recipient is delivered with our trace fields and explained', {
  skip,
}, async () => {
  const forged = 'Authentication-Results: mx.gatepost.example; spf=pass smtp.mailfrom=forged.example'
  const { code, dialog } = await swaks({
    ...OUTSIDE,
    port: port(),
    from: 'ben@bright.example',
    to: 'ann@acme.example',
    subject: 'inbound story',
    header: forged,
  })
  assert.equal(code, 0, dialog)
  assert.match(dialog, /<- {2}250 2\.0\.0 .*msg_/)
  const delivered = await acme.world.acme.waitFor(
    ({ content }) => String(content).includes('inbound story'),
    30_000,
  )
  const text = String(delivered.content)
  assert.match(
    text,
    /^Received: from mail\.bright\.example \(mail\.bright\.example \[203\.0\.113\.10\]\)\r\n/,
  )
  assert.match(text, /by mx\.gatepost\.example/)
  assert.match(text, /Authentication-Results: mx\.gatepost\.example;\s+spf=pass/)
  assert.doesNotMatch(text, /forged\.example/)
  const row = await found('inbound', 'delivered')
  const message = await acme.api.call<Message>('GET', `${acme.base}/messages/${row.id}`)
  assert.deepEqual(
    message.recipients[0]?.explanation.map(({ policy, because }) => `${policy}: ${because}`),
    [
      'relay: for-validated-domain',
      'secure-receipt: no-secure-receipt-rule',
      'recipient-validation: recipient-known',
      'anti-spoofing: sender-not-internal',
      'blocked-senders: not-blocked',
      'permitted-senders: not-permitted',
      'greylisting: greylist-not-applied',
    ],
  )
  assert.equal(message.attempts.at(-1)?.outcome, 'delivered')
  assert.equal(message.attempts.at(-1)?.reply.code, 250)
})

test('an unknown recipient is refused 550 5.1.1 before anything is stored', { skip }, async () => {
  const { dialog } = await swaks({
    ...OUTSIDE,
    port: port(),
    from: 'ben@bright.example',
    to: 'nobody@acme.example',
  })
  assert.match(dialog, /<\*\* 550 5\.1\.1 Invalid Recipient/)
  const row = await found('nobody@acme.example', 'refused')
  const message = await acme.api.call<Message>('GET', `${acme.base}/messages/${row.id}`)
  const steps = [...message.explanation, ...message.recipients.flatMap(({ explanation }) => explanation)]
  assert.ok(
    steps.some(
      ({ policy, because, deciding }) =>
        policy === 'recipient-validation' && because === 'recipient-unknown' && deciding,
    ),
  )
})

test('a foreign domain and an unauthorised address are not relayed, and the reply names the missing factor', {
  skip,
}, async () => {
  const foreign = await swaks({
    ...OUTSIDE,
    port: port(),
    from: 'ben@bright.example',
    to: 'info@survey.example',
  })
  assert.match(
    foreign.dialog,
    /<\*\* 451 4\.7\.1 Open relay not allowed \(address 203\.0\.113\.10 is not authorized\)/,
  )
  const own = await swaks({
    clientIp: '198.51.100.99',
    helo: 'branch.acme.example',
    port: port(),
    from: 'bob@acme.example',
    to: 'ben@bright.example',
  })
  assert.match(
    own.dialog,
    /<\*\* 451 4\.7\.1 Open relay not allowed \(address 198\.51\.100\.99 is not authorized\)/,
  )
  const domain = await swaks({ ...HOST, port: port(), from: 'bob@other.example', to: 'ben@bright.example' })
  assert.match(
    domain.dialog,
    /<\*\* 451 4\.7\.1 Open relay not allowed \(other\.example is not a validated domain\)/,
  )
  await found('198.51.100.99', 'deferred')
  type Outbound = { readonly refused: readonly { readonly address: string }[] }
  await eventually(
    () => acme.api.call<Outbound>('GET', `${acme.base}/outbound`),
    ({ refused }) => refused.some(({ address }) => address === '198.51.100.99'),
  )
})

test('a message from the authorised mail host goes out by MX', { skip }, async () => {
  const { code, dialog } = await swaks({
    ...HOST,
    port: port(),
    from: 'ann@acme.example',
    to: 'ben@bright.example',
    subject: 'outbound story',
  })
  assert.equal(code, 0, dialog)
  const sent = await acme.world.outside.waitFor(
    ({ content }) => String(content).includes('outbound story'),
    30_000,
  )
  assert.match(String(sent.content), /by mx\.gatepost\.example/)
  const row = await found('outbound', 'delivered')
  assert.equal(row.direction, 'outbound')
})

test('a next hop that is down: queued, then delivered when it is back; refused there: a report to the sender', {
  skip,
}, async () => {
  await acme.world.acme.setDown(true)
  await swaks({
    ...OUTSIDE,
    port: port(),
    from: 'ben@bright.example',
    to: 'bob@acme.example',
    subject: 'patience',
  })
  const row = await eventually(
    async () => found('patience', 'deferred').catch(() => found('patience', 'queued')),
    Boolean,
  )
  await acme.world.acme.setDown(false)
  await acme.api.call('POST', `${acme.base}/messages/${row.id}/retry`)
  await acme.world.acme.waitFor(({ content }) => String(content).includes('patience'), 30_000)
  acme.world.acme.setRecipients(['ann@acme.example'])
  await swaks({
    ...OUTSIDE,
    port: port(),
    from: 'ben@bright.example',
    to: 'bob@acme.example',
    subject: 'will bounce',
  })
  const report = await acme.world.outside.waitFor(
    ({ content }) => String(content).includes('multipart/report'),
    30_000,
  )
  assert.match(String(report.content), /Final-Recipient: rfc822; ?bob@acme\.example/i)
  assert.match(String(report.content), /Action: failed/i)
  await found('will', 'bounced')
})

test('case 75: neither bodies nor subjects stand in the log or in the figures', { skip }, async () => {
  await swaks({
    ...OUTSIDE,
    port: port(),
    from: 'ben@bright.example',
    to: 'ann@acme.example',
    subject: 'canary-of-a-subject',
    body: 'canary-of-a-body',
  })
  await acme.world.acme.waitFor(({ content }) => String(content).includes('canary-of-a-body'), 30_000)
  const row = await found('canary-of-a-subject', 'delivered')
  // Its delivery is the last that the log tells of it.
  const log = await eventually(
    async () => acme.gateway.output(),
    (text) => text.split(row.id).length > 2,
  )
  const figures = await (await fetch(new URL('/metrics', acme.gateway.url))).text()
  assert.match(figures, /^gatepost_/m)
  for (const text of [log, figures]) assert.doesNotMatch(text, /canary-of|inbound story/)
})
