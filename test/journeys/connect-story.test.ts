// Story of a connected organisation in a real browser: mail both ways stands explained in the message centre,
// and a restart forgets neither the states of steps nor what was seen. The walk there is
// sandbox-onboarding.test.ts.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startWorld, type World } from '@gatepost/sandbox/world.ts'
import type { Browser } from 'playwright-core'
import { ACME_IP, connect } from './lib/acme.ts'
import { eventually, setUp } from './lib/api.ts'
import { chromiumMissing, openBrowser, openTab, type Tab } from './lib/browser.ts'
import { checkUntil, openConnect, openStep, statesOf } from './lib/connect-pages.ts'
import { type Gateway, startGateway } from './lib/gateway.ts'
import { lookAtMessage, messageRows, openMessages } from './lib/message-page.ts'
import { swaks, swaksMissing } from './lib/swaks.ts'

const skip = chromiumMissing() || swaksMissing()
const WAIT_MS = 60_000
const MINE = ['Name your organisation', 'Add users manually', 'Set up your outbound email']

const data = mkdtempSync(join(tmpdir(), 'gatepost-story-'))
let world: World
let gateway: Gateway
let browser: Browser
let tab: Tab

before(
  async () => {
    if (skip) return
    world = await startWorld()
    gateway = await startInWorld()
    const { api, slug } = await setUp(gateway)
    await connect(world, api, `/v1/tenants/${slug}`)
    browser = await openBrowser()
    // Two checks within 5 s: the page says when the next may run.
    tab = await openTab(browser, { faultsExpected: /\/check: 429$|GET \/v1\/me: 401/ })
    await signIn()
  },
  { timeout: 240_000 },
)

after(async () => {
  await browser?.close()
  await gateway?.stop()
  await world?.stop()
  rmSync(data, { recursive: true, force: true })
})

async function startInWorld(env: Readonly<Record<string, string>> = {}): Promise<Gateway> {
  const started = await startGateway({ data, env: { ...world.gatewayEnvironment(), ...env } })
  world.setGateway({ host: '127.0.0.1', port: started.mxPort })
  return started
}

async function signIn(): Promise<void> {
  const { page } = tab
  await page.goto(new URL('/sign-in', gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}

test('mail in and out stands in the message centre, each explained', { skip, timeout: 240_000 }, async () => {
  const mail = { port: gateway.mxPort, helo: 'mail.bright.example' }
  const ben = 'ben@bright.example'
  const ann = 'ann@acme.example'
  const out = await swaks({ ...mail, clientIp: ACME_IP, from: ann, to: ben, subject: 'Our order' })
  assert.equal(out.code, 0, out.dialog)
  const back = { ...mail, clientIp: '203.0.113.10', from: ben, to: ann }
  const offered = await swaks({ ...back, subject: 'Offer for the spring order' })
  assert.equal(offered.code, 0, offered.dialog)
  await world.outside.waitFor(({ content }) => String(content).includes('Our order'), WAIT_MS)
  await world.acme.waitFor(({ content }) => String(content).includes('spring order'), WAIT_MS)
  await lookAtMessage(tab, {
    subject: 'Offer for the spring order',
    direction: 'Inbound',
    policies: ['Relay', 'Secure receipt'],
  })
  await lookAtMessage(tab, { subject: 'Our order', direction: 'Outbound', policies: ['Relay'] })
  assert.deepEqual(tab.takeFaults(), [])
})

test('what is pressed right after typing opens, and a pause behind a space swallows nothing', {
  skip,
  timeout: 240_000,
}, async () => {
  const { page } = tab
  const link = page.getByRole('link', { name: 'Our order' })
  const field = page.getByLabel('Search messages')
  for (const pressMs of [0, 150]) {
    await openMessages(tab)
    // The second row, which moves up once the search has its answer.
    await link.waitFor()
    await field.fill('Our')
    const place = await link.boundingBox()
    await page.mouse.move((place?.x ?? 0) + 10, (place?.y ?? 0) + 10)
    await page.mouse.down()
    await pause(pressMs)
    await page.mouse.up()
    await page.getByRole('heading', { level: 1, name: 'Our order' }).waitFor()
    // Longer than a search waits for the next letter.
    await pause(500)
    assert.match(page.url(), /\/messages\/[^/?]+$/, 'the search called its reader back')
  }
  await openMessages(tab)
  await field.pressSequentially('Our ')
  await eventually(
    () => messageRows(tab).count(),
    (count) => count === 1,
  )
  await field.pressSequentially('ord')
  assert.equal(await field.inputValue(), 'Our ord')
  await page.waitForURL((url) => url.searchParams.get('search') === 'Our ord')
  assert.deepEqual(tab.takeFaults(), [])
})

test('a restart forgets nothing: a step that needs attention still does', {
  skip,
  timeout: 240_000,
}, async () => {
  const { zones } = world.dns
  const all = zones.get('acme.example', 'TXT')
  const kept = all.filter((value) => value.startsWith('"v=spf1'))
  assert.notEqual(kept.length, all.length, 'the proof is not a TXT record of the domain')
  zones.set('acme.example', 'TXT', kept)
  await openConnect(tab)
  await openStep(tab, 'Validate your domains')
  await checkUntil(tab, 'Validate your domains', 'Needs attention')
  const before = await statesOf(tab)
  assert.equal(before.get('Validate your domains'), 'Needs attention')
  for (const title of MINE) assert.equal(before.get(title), 'Done', title)

  await restart()
  await tab.page.reload()
  assert.deepEqual(await statesOf(tab), before)

  zones.set('acme.example', 'TXT', all)
  await openStep(tab, 'Validate your domains')
  await checkUntil(tab, 'Validate your domains', 'Done')
  assert.deepEqual(tab.takeFaults(), [])
})

/** On the same folder and console port; what the open page asked meanwhile could only fail. */
async function restart(): Promise<void> {
  const { host } = new URL(gateway.url)
  assert.equal((await gateway.stop()).code, 0)
  gateway = await startInWorld({ GATEPOST_HTTP: host.replace('localhost', '127.0.0.1') })
  tab.takeFaults()
}
