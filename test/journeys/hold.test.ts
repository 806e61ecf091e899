// Stories of held mail: the help desk finds a mail that never came, an end user releases one from a digest
// on a phone, and an administrator trusts a service from its held mail in two clicks,
// so that the next one passes.
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
const PHONE = { width: 390, height: 844 }
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
    await signIn(tab.page)
  },
  { timeout: 240_000 },
)

after(async () => {
  await browser?.close()
  await acme?.stop()
})

test('the help desk: a mail that never came, a bounce that somebody got, and word when it comes', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page, hands } = tab
  await open('/t/acme-ltd/where')
  await page.getByRole('textbox', { name: 'From' }).fill('ben@bright.example')
  await page.getByRole('textbox', { name: 'To', exact: true }).fill('ann@acme.example')
  await hands.click(page.getByRole('button', { name: 'Find it' }))
  await page.getByText('A message of ben@bright.example never reached us in this time.').waitFor()
  await page.getByText('This gateway ran all the time.').waitFor()
  await page.getByRole('textbox', { name: /^Tell/ }).fill('ann@acme.example')
  await hands.click(page.getByRole('button', { name: 'Tell me', exact: true }))
  await page.getByText('ann@acme.example is told when it comes').waitFor()
  const done = await acme.world.act('unknown-recipient')
  const refusal = done.result.replies.find(({ code }) => code === 550)
  const reply = `${refusal?.code} ${refusal?.status} ${refusal?.text}`
  assert.match(reply, /^550 5\.1\.1/)
  await page.getByLabel('The report its sender got').fill(`The server said: ${reply}`)
  await hands.click(page.getByRole('button', { name: 'Find it' }))
  await page.getByText('The recipient’s address does not exist.').first().waitFor()
  await acme.world.act('partner')
  await page.getByText(/^came .* was told/).waitFor({ timeout: 240_000 })
  await eventually(
    async () => has('Subject: The message you wait for is here'),
    (is) => is,
    60_000,
  )
  assert.deepEqual(tab.takeFaults(), [])
})

test('an end user releases from a digest on a phone; a scanner that opens its links changes nothing', {
  skip,
  timeout: STORY_MS,
}, async () => {
  await acme.world.act('spam', { to: 'bob@acme.example' })
  const held = await heldBy('spam', 'lottery.example')
  await acme.api.call('POST', `${acme.base}/digest/send`, { mailbox: 'bob@acme.example' })
  const letter = await eventually(
    async () => contents().find((content) => content.includes('multipart/alternative')),
    (found) => found !== undefined,
  )
  const link = /https?:\S+held-link#token=\S+/.exec(plainOf(letter ?? ''))?.[0]
  assert.ok(link, 'the digest has no link')
  const url = new URL(link)
  for (let look = 0; look < 3; look += 1) await (await fetch(url)).text()
  assert.equal(await stateOf(held), 'held')
  const phone = await openTab(browser)
  await phone.page.setViewportSize(PHONE)
  await phone.page.goto(new URL(`${url.pathname}${url.hash}`, acme.gateway.url).href)
  await phone.page.getByText('Nothing happens until you choose.').waitFor()
  assert.equal(await stateOf(held), 'held')
  assert.deepEqual(await lookAt(phone.page, 'held-link-open'), [])
  await phone.page.setViewportSize(PHONE)
  await phone.hands.click(phone.page.getByRole('button', { name: 'Release', exact: true }))
  await phone.page.getByText('It is released and on its way.').waitFor()
  await eventually(
    async () => has('YOU WON 1,000,000 USD'),
    (is) => is,
  )
  await phone.page.reload()
  await phone.page.getByText(/It (is|was) released/).waitFor()
  assert.deepEqual([phone.hands.clicks(), phone.takeFaults()], [1, []])
  await phone.close()
})

test('an administrator trusts a survey service from its held mail in two clicks; the next one passes', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page, hands } = tab
  assert.match(await survey('You won the spring survey'), /^250/)
  const held = await heldBy('spam', 'spring survey')
  await open(`/t/acme-ltd/held/${held}`)
  await page.getByRole('button', { name: 'Look at the message' }).click()
  await page.getByText('Header fields').waitFor()
  assert.deepEqual(await lookAt(page, 'held-spam'), [])
  const before = hands.clicks()
  await hands.click(page.getByRole('button', { name: 'Trust this service' }))
  await hands.click(page.getByRole('button', { name: 'Trust and release' }))
  await page.getByText('1 message released').waitFor()
  assert.equal(hands.clicks() - before, 2)
  await live(acme.api, acme.base)
  assert.match(await survey('You won the summer survey'), /^250/)
  for (const subject of ['You won the spring survey', 'You won the summer survey']) {
    await eventually(
      async () => has(subject),
      (is) => is,
    )
  }
  assert.deepEqual(tab.takeFaults(), [])
})

/** What the mail host of Acme received. */
function contents(): string[] {
  const { acme: host } = acme.world
  return host.messages().map(({ id }) => String(host.message(id)?.content ?? ''))
}

const has = (text: string): boolean => contents().some((content) => content.includes(text))

async function open(path: string): Promise<void> {
  await tab.page.goto(new URL(path, acme.gateway.url).href)
  await settled(tab.page)
}

/** The id of the newest message that this class holds. */
async function heldBy(name: string, search: string): Promise<string> {
  type Rows = { readonly items: readonly { readonly id: string }[] }
  const query = new URLSearchParams({ class: name, search })
  const { items } = await eventually(
    () => acme.api.call<Rows>('GET', `${acme.base}/held?${query}`),
    (rows) => rows.items.length > 0,
  )
  return items[0]?.id ?? ''
}

async function stateOf(id: string): Promise<string> {
  type One = { readonly recipients: readonly { readonly state: string }[] }
  const held = await acme.api.call<One>('GET', `${acme.base}/held/${id}`)
  return held.recipients[0]?.state ?? ''
}

/** The plain part of a digest. */
function plainOf(letter: string): string {
  const part = letter.split('Content-Transfer-Encoding: base64\r\n\r\n')[1] ?? ''
  return Buffer.from(part.split('\r\n--')[0] ?? '', 'base64').toString('utf8')
}

/** Mail that looks like spam; resolves with the last reply before QUIT. */
async function survey(subject: string): Promise<string> {
  const content = [
    'From: Survey Team <win@survey.example>',
    'To: bob@acme.example',
    `Subject: ${subject.toUpperCase()}!!! CLAIM YOUR FREE PRIZE 1,000,000 USD (${subject})`,
    `Message-ID: <${subject.replaceAll(' ', '-')}@survey.example>`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    '',
    'Dear friend, CONGRATULATIONS!!! You have won the lottery. Click http://198.51.100.250/claim now',
    'to claim your prize of 1,000,000 USD. Act now, limited time offer, 100% free, no risk, guaranteed!',
    'Send your bank account and password today. Cheap viagra, weight loss, make money fast, work at home.',
    '',
  ].join('\r\n')
  const { replies } = await sendMessage({
    port: acme.gateway.mxPort,
    proxy: { sourceIp: SURVEY.ip, sourcePort: 40_000, destinationIp: '127.0.0.1', destinationPort: 25 },
    helo: SURVEY.helo,
    reversePath: SURVEY.from,
    forwardPaths: ['bob@acme.example'],
    content,
  })
  const last = replies.filter(({ command }) => command !== 'QUIT').at(-1)
  return `${last?.code} ${last?.status} ${last?.text}`
}

async function signIn(page: Page): Promise<void> {
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}
