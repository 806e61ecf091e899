// Story: a refused message is found, Why names the rule, the smallest change is made from its page, and the
// next one passes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { type Acme, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { swaks, swaksMissing } from './lib/swaks.ts'

const skip = swaksMissing() || chromiumMissing()
const STORY_MS = 400_000
const CONSOLE = 'https://gate.example/'
const OUTSIDE = { clientIp: '203.0.113.10', helo: 'mail.bright.example', from: 'ben@bright.example' }
const SLUG = '/t/acme-ltd'

type Row = { readonly id: string; readonly status: string; readonly reason: string }
type Step = { policy: string; kind: string; deciding: boolean; rule: { id: string; name: string } | null }
type Remedy = { text: string; leadsTo: string; act: { kind: string; draft?: unknown } | null }
type Message = Row & {
  readonly explanation: readonly Step[]
  readonly remedies: readonly Remedy[]
  readonly today: { readonly changed: boolean; readonly outcome: string } | null
}
type Asked = { outcome: string; by: string | null; remedies: readonly Remedy[]; contentAsked: boolean }

let acme: Acme
let browser: Browser
let tab: Tab

before(
  async () => {
    if (skip) return
    acme = await startAcme({ GATEPOST_URL: CONSOLE })
    browser = await openBrowser()
    tab = await openTab(browser, { faultsExpected: /GET \/v1\/me: 401$/ })
  },
  { timeout: STORY_MS },
)

after(async () => {
  await browser?.close()
  await acme?.stop()
})

const send = (to = 'ann@acme.example') =>
  swaks({ ...OUTSIDE, port: acme.gateway.mxPort, to, subject: 'offer' })

async function found(query: Record<string, string>): Promise<Row> {
  const list = () =>
    acme.api.call<{ items: readonly Row[] }>('GET', `${acme.base}/messages?${new URLSearchParams(query)}`)
  return (await eventually(list, ({ items }) => items.length > 0, 30_000)).items[0]!
}

const message = (id: string): Promise<Message> => acme.api.call('GET', `${acme.base}/messages/${id}`)

/** Sends until it is taken: a change is live within a second or two. */
const sentUntilTaken = (to?: string) =>
  eventually(
    () => send(to),
    ({ code }) => code === 0,
    20_000,
  )

test('an unknown recipient is found by its reason; the sender’s page says little; adding the user helps', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { dialog } = await send('carol@acme.example')
  const link = /550 5\.1\.1 Invalid Recipient - https:\/\/gate\.example\/r\/([0-9a-z]+)/.exec(dialog)
  assert.ok(link, dialog)
  const row = await found({ reason: 'recipient-unknown', recipient: 'carol@acme.example' })
  assert.equal(row.id, `msg_${link[1]}`)

  const open = await fetch(new URL(`/v1/refusals/${link[1]}`, acme.gateway.url))
  const told = (await open.json()) as { state: string; reply: string }
  assert.deepEqual([open.status, told.state, told.reply], [200, 'refused', '550 5.1.1 Invalid Recipient'])
  assert.doesNotMatch(JSON.stringify(told), /carol|ten_|acme/i)

  const why = await message(row.id)
  assert.equal(why.remedies[0]?.text, 'Add carol@acme.example as a user or alias.')
  assert.equal(why.today?.changed, false)
  await acme.api.call('POST', `${acme.base}/users`, { email: 'carol@acme.example' })
  await sentUntilTaken('carol@acme.example')
})

test('a blocked sender: Why names the rule, and the change made from its page lets the next one pass', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const draft = {
    type: 'blocked-senders',
    name: 'No bright ideas',
    from: { kind: 'domain', domain: 'bright.example' },
    to: { kind: 'everyone' },
    option: { action: 'block' },
  }
  const question = {
    clientIp: OUTSIDE.clientIp,
    helo: OUTSIDE.helo,
    reversePath: OUTSIDE.from,
    forwardPath: 'ann@acme.example',
  }
  const ask = (more: object = {}): Promise<Asked> =>
    acme.api.call('POST', `${acme.base}/messages-ask`, { ...question, ...more })
  assert.equal((await ask()).outcome, 'accept')
  const asDraft = await ask({ draft })
  assert.deepEqual([asDraft.outcome, asDraft.by], ['reject', 'blocked-senders'])

  type Made = { readonly policy: { readonly id: string } }
  const { policy } = await acme.api.call<Made>('POST', `${acme.base}/policies`, { draft, reason: '' })
  await eventually(
    () => send(),
    ({ code }) => code !== 0,
    20_000,
  )
  const row = await found({ rule: policy.id, status: 'refused' })
  const why = await message(row.id)
  const step = why.explanation.find(({ deciding }) => deciding)
  assert.deepEqual(
    [step?.policy, step?.rule],
    ['blocked-senders', { id: policy.id, name: 'No bright ideas' }],
  )
  assert.deepEqual([why.remedies[0]?.leadsTo, why.remedies[0]?.act?.kind], ['accept', 'create-policy'])

  const { page } = tab
  await page.goto(new URL(`${SLUG}/messages?rule=${policy.id}&time=all`, acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Subject not seen' }).first().click()
  await page.getByRole('link', { name: 'No bright ideas' }).first().waitFor()
  await settled(page)
  await page.getByRole('button', { name: 'Make this change' }).first().click()
  await page.getByText('Made. New mail is judged by it at once').waitFor()
  await sentUntilTaken()
  assert.deepEqual(tab.takeFaults(), [])
  const after = await message(row.id)
  assert.deepEqual([after.today?.changed, after.today?.outcome], [true, 'accept'])
})

test('what is asked leaves nothing behind, and a header is asked too', {
  skip,
  timeout: STORY_MS,
}, async () => {
  type Rows = { readonly items: readonly Row[] }
  // Of the address that is asked about: other mail of this story may still be on its way to tracking.
  const count = async () =>
    (await acme.api.call<Rows>('GET', `${acme.base}/messages?limit=500&ip=192.0.2.99`)).items.length
  const before = await count()
  const answer = await acme.api.call<Asked>('POST', `${acme.base}/messages-ask`, {
    clientIp: '192.0.2.99',
    helo: 'unknown.example',
    reversePath: 'x@unknown.example',
    forwardPath: 'ann@acme.example',
    content: 'From: Ann <ann@acme.example>\nSubject: hello\n\nA short text.\n',
  })
  assert.deepEqual([answer.outcome, answer.by, answer.contentAsked], ['reject', 'anti-spoofing-header', true])
  assert.match(
    answer.remedies[0]?.text ?? '',
    /^Exempt ann@acme\.example from anti-spoofing when it comes from/,
  )
  assert.equal(await count(), before)
})
