// Story: a survey service that writes as us is refused; one click exempts it by its verified host name, and
// the next message passes and says why. Then it becomes a trusted service in two clicks.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sendMessage } from '@gatepost/sandbox/senders.ts'
import type { Browser, Page } from 'playwright-core'
import { type Acme, live, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing()
const STORY_MS = 400_000
/** Of the sandbox's survey service; its reverse name leads back to it. */
const SURVEY = { ip: '203.0.113.77', helo: 'out7.survey.example', from: 'bounce-17@survey.example' }

let acme: Acme
let browser: Browser
let tab: Tab

before(
  async () => {
    if (skip) return
    acme = await startAcme()
    browser = await openBrowser()
    tab = await openTab(browser)
  },
  { timeout: 240_000 },
)

after(async () => {
  await browser?.close()
  await acme?.stop()
})

test('exempt a survey service by verified host name, see the next message pass and why', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page, hands } = tab
  assert.match(await survey('First'), /^550 5\.7\.1 Rejected by header based Anti-Spoofing policy/)
  await signIn(page)
  const path = new URL('/t/acme-ltd/forgery', acme.gateway.url).href
  await eventually(
    async () => {
      await page.goto(path)
      await settled(page)
      return page.getByText('survey.example').count()
    },
    (found) => found > 0,
  )
  assert.deepEqual(await lookAt(page, 'forgery'), [])
  await hands.click(page.getByRole('button', { name: /^Let through/ }).first())
  await page.getByText('out7.survey.example').or(page.getByText('out*.survey.example')).first().waitFor()
  assert.deepEqual(await lookAt(page, 'forgery-exempt'), [])
  const before = hands.clicks()
  await hands.click(page.getByRole('button', { name: 'By host name' }))
  await page.getByText(/^Let through by survey\.example may send as hr@acme\.example/).waitFor()
  assert.equal(hands.clicks() - before, 1)
  await live(acme.api, acme.base)

  assert.match(await survey('Second'), /^250/)
  const id = await messageId('Second')
  await page.goto(new URL(`/t/acme-ltd/messages/${id}`, acme.gateway.url).href)
  await settled(page)
  await page
    .getByText(/hr@acme\.example from outside, exempt/)
    .first()
    .waitFor()
  await page
    .getByRole('link', { name: /survey\.example may send as/ })
    .first()
    .waitFor()
})

test('a message becomes a trusted service in two clicks, and goes as one', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page, hands } = tab
  await page.goto(new URL('/t/acme-ltd/forgery', acme.gateway.url).href)
  await settled(page)
  const before = hands.clicks()
  await hands.click(page.getByRole('link', { name: /^Trust as a service/ }).first())
  await page.getByRole('button', { name: 'Trust this service' }).waitFor()
  assert.deepEqual(await lookAt(page, 'services-new'), [])
  await hands.click(page.getByRole('button', { name: 'Trust this service' }))
  await page.getByRole('heading', { name: 'survey.example' }).waitFor()
  assert.equal(hands.clicks() - before, 2)
  await settled(page)
  assert.deepEqual(await lookAt(page, 'services'), [])
  const { items } = await acme.api.call<{ items: readonly { id: string; policies: readonly unknown[] }[] }>(
    'GET',
    `${acme.base}/services`,
  )
  assert.equal(items[0]?.policies.length, 4)
  await hands.click(page.getByRole('button', { name: /^Trust no more/ }))
  await hands.click(page.getByRole('button', { name: 'Trust it no more' }))
  await page.getByText('No service is trusted yet').waitFor()
  assert.deepEqual(tab.takeFaults(), [])
})

test('recipients: what each way would have refused, and the review of who was written to', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page, hands } = tab
  await acme.api.call('PATCH', `${acme.base}/domains/acme.example`, {
    recipientMode: 'learning',
    learningDays: 7,
  })
  await live(acme.api, acme.base)
  const sent = await send({ subject: 'Hello', author: 'x@survey.example', to: 'carl@acme.example' })
  assert.match(sent, /^250/)
  await eventually(
    async () => {
      await page.goto(new URL('/t/acme-ltd/domains', acme.gateway.url).href)
      await settled(page)
      return page.getByText('carl@acme.example').count()
    },
    (found) => found > 0,
  )
  assert.deepEqual(await lookAt(page, 'recipients-learning'), [])
  await hands.click(page.getByRole('checkbox', { name: /^carl@acme\.example/ }))
  await hands.click(page.getByRole('button', { name: 'Add 1 user' }))
  await page.getByText('3 users known').waitFor()
  assert.deepEqual(tab.takeFaults(), [])
})

function survey(subject: string): Promise<string> {
  return send({ subject, author: 'hr@acme.example', to: 'ann@acme.example' })
}

/** The last reply before QUIT, in one line. */
async function send(message: {
  readonly subject: string
  readonly author: string
  readonly to: string
}): Promise<string> {
  const content = [
    `From: Survey <${message.author}>`,
    `To: ${message.to}`,
    `Subject: ${message.subject}`,
    `Message-ID: <${message.subject}@survey.example>`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    '',
    'How are we doing?',
    '',
  ].join('\r\n')
  const { replies } = await sendMessage({
    port: acme.gateway.mxPort,
    proxy: { sourceIp: SURVEY.ip, sourcePort: 40_000, destinationIp: '127.0.0.1', destinationPort: 25 },
    helo: SURVEY.helo,
    reversePath: SURVEY.from,
    forwardPaths: [message.to],
    content,
  })
  const last = replies.filter(({ command }) => command !== 'QUIT').at(-1)
  return `${last?.code} ${last?.status} ${last?.text}`
}

async function messageId(subject: string): Promise<string> {
  type Listed = { readonly items: readonly { readonly id: string; readonly subject: string | null }[] }
  const listed = await eventually(
    () => acme.api.call<Listed>('GET', `${acme.base}/messages?search=${subject}`),
    ({ items }) => items.some((item) => item.subject === subject),
  )
  return listed.items.find((item) => item.subject === subject)!.id
}

async function signIn(page: Page): Promise<void> {
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}
