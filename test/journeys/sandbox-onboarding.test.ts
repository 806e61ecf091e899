// Stories of part 6: from the set-up link to all mandatory steps green in `npm run sandbox`, for four places
// where mail may live. Two windows and nothing else; clicks, fields and time are counted and printed.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Environment } from '@gatepost/sandbox/world-zones.ts'
import { chromiumMissing, openBrowser, openTab, screenshotPath } from './lib/browser.ts'
import { openConnect, statesOf } from './lib/connect-pages.ts'
import {
  changeMx,
  lockMailHost,
  prepareInbound,
  proveDomain,
  refuseUnknown,
  sendOut,
  setUp,
  synchronise,
  type Walk,
  watchLock,
} from './lib/onboarding.ts'
import { startSandbox } from './lib/sandbox.ts'

const skip = chromiumMissing()
const STORY_MS = 400_000
/** Issue 7: at most so many clicks and fields a story. */
const HANDS_MAX = 60

type Step = readonly [code: string, title: string, take: (walk: Walk) => Promise<void>]

const STEPS: readonly Step[] = [
  ['C0', 'Name your organisation', setUp],
  ['C1', 'Validate your domains', proveDomain],
  ['C2', 'Synchronise your directory', synchronise],
  ['C5', 'Prepare for inbound email', prepareInbound],
  ['C6', 'Set up your outbound email', sendOut],
  ['C8', 'Set up recipient validation', refuseUnknown],
  ['C9', 'Modify your MX record', changeMx],
]
/** Mandatory on-premises alone (decisions 52). */
const LOCK: readonly Step[] = [
  ['C10', 'Secure your inbound email', lockMailHost],
  ['C16', 'Firewall lockdown', watchLock],
]

// Two at a time: each mostly waits, and each has a browser of its own, since a browser has one clipboard.
describe('from the set-up link to every mandatory step', { skip, concurrency: 2 }, () => {
  for (const environment of ['on-premises', 'microsoft-365', 'hybrid', 'google-workspace'] as const)
    test(environment, { timeout: STORY_MS }, (t) => story(environment, (line) => t.diagnostic(line)))
})

async function story(environment: Environment, say: (line: string) => void): Promise<void> {
  const sandbox = await startSandbox(environment)
  const browser = await openBrowser()
  // Two checks within 5 s: the page says when the next may run.
  const tab = await openTab(browser, { faultsExpected: /(check|test): 429$/ })
  try {
    const world = await tab.page.context().newPage()
    await world.goto(sandbox.pageUrl)
    const startedAt = performance.now()
    const steps = environment === 'on-premises' ? [...STEPS, ...LOCK] : STEPS
    await walk({ environment, sandbox, tab, world }, steps, say)
    const { hands } = tab
    const seconds = Math.round((performance.now() - startedAt) / 1_000)
    const total = hands.clicks() + hands.fields()
    say(`${environment}: ${hands.clicks()} clicks + ${hands.fields()} fields = ${total}, ${seconds} s`)
    say(`${environment}: the page answered ${sandbox.pageMs} ms after the start`)
    assert.ok(total <= HANDS_MAX, `${total} clicks and fields`)
    assert.deepEqual(tab.takeFaults(), [])
  } catch (error) {
    await tab.page.screenshot({ path: screenshotPath(`sandbox-${environment}-failed`), fullPage: true })
    throw error
  } finally {
    await browser.close()
    await sandbox.stop()
  }
}

async function walk(at: Walk, steps: readonly Step[], say: (line: string) => void): Promise<void> {
  const { hands } = at.tab
  for (const [code, , take] of steps) {
    const [clicks, fields, startedAt] = [hands.clicks(), hands.fields(), performance.now()]
    await take(at)
    const took = ((performance.now() - startedAt) / 1_000).toFixed(1)
    say(`${code}: ${hands.clicks() - clicks} clicks, ${hands.fields() - fields} fields, ${took} s`)
  }
  await openConnect(at.tab)
  await at.tab.page.getByText('All that is required is done').waitFor()
  const states = await statesOf(at.tab)
  for (const [, title] of steps) assert.equal(states.get(title), 'Done', title)
}
