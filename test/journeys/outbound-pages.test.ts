// Browser stories of C6 and C13: an administrator lets a host send, gives another a login, says that mail
// also comes from a cloud, and makes an address forward; the steps follow by themselves.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Acme, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'
import { swaks, swaksMissing } from './lib/swaks.ts'

const skip = chromiumMissing() || swaksMissing()
const STORY_MS = 120_000

let browser: Browser
let tab: Tab
let acme: Acme
before(
  async () => {
    if (skip) return
    acme = await startAcme({ GATEPOST_DIRECTORIES_ENTRA_LOGIN: 'http://127.0.0.1:9' })
    browser = await openBrowser()
    tab = await openTab(browser, { faultsExpected: /(GET \/v1\/me|POST \/v1\/sessions): 4\d\d$/ })
    await signIn(tab.page)
  },
  { timeout: 120_000 },
)
after(async () => {
  await browser?.close()
  await acme?.stop()
})

async function signIn(page: Page): Promise<void> {
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}

type Step = { readonly name: string; readonly state: string; readonly detail: string }

async function step(name: string): Promise<Step> {
  const { steps } = await acme.api.call<{ steps: readonly Step[] }>('GET', `${acme.base}/connect`)
  return steps.find((one) => one.name === name)!
}

const mail = (clientIp: string, subject: string) =>
  swaks({
    port: acme.gateway.mxPort,
    clientIp,
    helo: 'host.acme.example',
    from: 'ann@acme.example',
    to: 'ben@bright.example',
    subject,
  })

test('C6: seen but refused, authorised by one click, and the first message shows by itself', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  const refused = await mail('198.51.100.88', 'too early')
  assert.match(
    refused.dialog,
    /451 4\.7\.1 Open relay not allowed \(address 198\.51\.100\.88 is not authorized\)/,
  )
  await page.goto(new URL('/t/acme-ltd/connect/outbound', acme.gateway.url).href)
  await settled(page)
  await page.getByRole('button', { name: 'Authorise 198.51.100.88' }).click()
  await page.getByRole('button', { name: 'Take back 198.51.100.88' }).waitFor()
  const sent = await eventually(
    () => mail('198.51.100.88', 'now it goes'),
    ({ code }) => code === 0,
    30_000,
  )
  assert.equal(sent.code, 0, sent.dialog)
  await page.getByText('We saw your first outbound message').waitFor()
  await page.getByRole('button', { name: 'Take back 198.51.100.88' }).click()
  await page.getByRole('button', { name: 'Take authorisation back' }).click()
  await page.getByText('198.51.100.88 may not send any more').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('button', { name: 'Take back 198.51.100.88' }).waitFor()
  assert.match((await step('outbound')).detail, /2 addresses, mail seen/)
})

test('C6: a login is shown once and works; a cloud that proves nothing keeps the step open', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await page.getByLabel('Host or application').fill('Scanner')
  await page.getByRole('button', { name: 'Make login' }).click()
  const note = page.getByRole('status').filter({ hasText: 'User name acme-ltd-' })
  await note.waitFor()
  const text = await note.innerText()
  const username = /acme-ltd-[0-9a-f]{10}/.exec(text)?.[0] ?? ''
  const password = /\b[a-z2-9]{32}\b/.exec(text)?.[0] ?? ''
  const sent = await eventually(
    () =>
      swaks({
        port: acme.gateway.submissionPort,
        clientIp: '203.0.113.200',
        helo: 'scanner.acme.example',
        from: 'ann@acme.example',
        to: 'ben@bright.example',
        auth: { mechanism: 'PLAIN', username, password },
      }),
    ({ code }) => code === 0,
    30_000,
  )
  assert.equal(sent.code, 0, sent.dialog)
  await page.getByLabel('We send through Microsoft 365').click()
  await page.getByText('None proven yet').waitFor({ timeout: 20_000 })
  assert.equal((await step('outbound')).detail, 'Microsoft 365 cannot be recognised yet')
  await page.getByRole('button', { name: 'Make header value' }).click()
  await page.getByText('Copy header value').waitFor()
  assert.match((await step('outbound')).detail, /mail seen/)
  await page.reload()
  await settled(page)
  assert.equal(await page.getByText(password).count(), 0, 'the password is shown this once')
  const complaints = await lookAt(page, 'story-outbound')
  assert.deepEqual([...tab.takeFaults(), ...complaints], [])
})

test('C13: a loop is refused beside its field, the target is tested, and the step is done', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await page.goto(new URL('/t/acme-ltd/connect/forwarding-addresses', acme.gateway.url).href)
  await settled(page)
  assert.equal((await step('forwarding-addresses')).state, 'not-started')
  await page.getByLabel('Mail for').fill('sales@acme.example')
  await page.getByLabel('Goes to').fill('sales@acme.example')
  await page.getByRole('button', { name: 'Add forwarding address' }).click()
  await page
    .getByText(/This would be a loop/)
    .first()
    .waitFor()
  await page.getByLabel('Goes to').fill('pat@bright.example')
  await page.getByRole('button', { name: 'Test target' }).click()
  await page.getByRole('list', { name: 'Test of the target' }).getByText('It takes the target').waitFor()
  await page.getByRole('button', { name: 'Add forwarding address' }).click()
  await page.getByText('sales@acme.example', { exact: true }).waitFor()
  const done = await eventually(
    () => step('forwarding-addresses'),
    ({ state }) => state === 'done',
    30_000,
  )
  assert.equal(done.detail, '1 forwarding address')
  tab.takeFaults()
  const complaints = await lookAt(page, 'story-forwarding')
  assert.deepEqual(complaints, [])
})
