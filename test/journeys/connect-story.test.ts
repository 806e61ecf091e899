// Story: from the printed set-up link to a green Connect, in a real browser and by the pages alone, with mail
// in and out on the way.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '@gatepost/sandbox/world.ts'
import type { Browser } from 'playwright-core'
import { chromiumMissing, openBrowser, openTab, screenshotPath, type Tab } from './lib/browser.ts'
import { checkUntil, openConnect, openStep, statesOf } from './lib/connect-pages.ts'
import {
  addUsers,
  finishMx,
  lookAtMessage,
  prepareInbound,
  setUpOrganization,
  setUpOutbound,
  validateDomain,
  validateRecipients,
} from './lib/connect-steps.ts'
import { type Gateway, startGateway } from './lib/gateway.ts'
import { swaksMissing } from './lib/swaks.ts'

const skip = chromiumMissing() || swaksMissing()
const STORY_MS = 240_000
const DONE = [
  'Name your organisation',
  'Validate your domains',
  'Add users manually',
  'Prepare for inbound email',
  'Set up your outbound email',
  'Set up recipient validation',
  'Modify your MX record',
]

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
    browser = await openBrowser()
    // Two checks within 5 s: the page says when the next may run.
    tab = await openTab(browser, { faultsExpected: /\/check: 429$/ })
  },
  { timeout: 90_000 },
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

test('from the set-up link to all steps done, by pages alone', { skip, timeout: STORY_MS }, async (t) => {
  const startedAt = Date.now()
  await pictured(() => walkConnect((line) => t.diagnostic(line)))
  const seconds = Math.round((Date.now() - startedAt) / 1_000)
  t.diagnostic(`${tab.hands.clicks()} clicks, ${tab.hands.fields()} fields, ${seconds} s`)
  assert.deepEqual(tab.takeFaults(), [])
})

/** A failure leaves the picture of its moment. */
async function pictured(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    await tab.page.screenshot({ path: screenshotPath('story-failed'), fullPage: true })
    throw error
  }
}

async function walkConnect(say: (line: string) => void): Promise<void> {
  const told = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    const { hands } = tab
    const [at, clicks, fields] = [Date.now(), hands.clicks(), hands.fields()]
    await act()
    const took = `${((Date.now() - at) / 1_000).toFixed(1)} s`
    say(`${name}: ${hands.clicks() - clicks} clicks, ${hands.fields() - fields} fields, ${took}`)
  }
  const at = { tab, world, mxPort: gateway.mxPort }
  await told('C0', () => setUpOrganization(tab, gateway.setupUrl))
  await told('C1', () => validateDomain(at))
  await told('C3', () => addUsers(tab))
  await told('C5', () => prepareInbound(at))
  await told('C6', () => setUpOutbound(at))
  await told('C8', () => validateRecipients(tab))
  await told('C9', () => finishMx(at))
  await openConnect(tab)
  const states = await statesOf(tab)
  for (const title of DONE) assert.equal(states.get(title), 'Done', title)
}

test('both messages stand in the message centre, each explained', { skip, timeout: 90_000 }, () =>
  pictured(async () => {
    await lookAtMessage(tab, {
      subject: 'Offer for the spring order',
      direction: 'Inbound',
      policies: ['Relay', 'Secure receipt'],
    })
    await lookAtMessage(tab, { subject: 'Our order', direction: 'Outbound', policies: ['Relay'] })
    assert.deepEqual(tab.takeFaults(), [])
  }),
)

test(
  'a record that goes away turns its step, and a restart forgets nothing',
  { skip, timeout: 120_000 },
  () =>
    pictured(async () => {
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
      for (const title of DONE.slice(2)) assert.equal(before.get(title), 'Done', title)

      await restart()
      await tab.page.reload()
      assert.deepEqual(await statesOf(tab), before)

      zones.set('acme.example', 'TXT', all)
      await openStep(tab, 'Validate your domains')
      await checkUntil(tab, 'Validate your domains', 'Done')
      assert.deepEqual(tab.takeFaults(), [])
    }),
)

/** On the same folder and console port; what the open page asked meanwhile could only fail. */
async function restart(): Promise<void> {
  const { host } = new URL(gateway.url)
  assert.equal((await gateway.stop()).code, 0)
  gateway = await startInWorld({ GATEPOST_HTTP: host.replace('localhost', '127.0.0.1') })
  tab.takeFaults()
}
