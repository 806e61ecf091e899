// Every page with real data in light, in dark and on a phone: nothing fails, nothing scrolls sideways, axe
// finds nothing. New pages get a line in lib/page-views.ts.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'
import { signIn } from './lib/page-acts.ts'
import { PAGE_MS, type Stage, startStage } from './lib/page-stage.ts'
import { lanes, type View } from './lib/page-views.ts'
import { visit } from './lib/visit.ts'

const skip = chromiumMissing()
/** Whoever is not signed in, or signs in wrongly, is told so by status. */
const faultsExpected = /(GET \/v1\/me|POST \/v1\/sessions|\/v1\/setup\S*|\/v1\/invitations\/check): 4\d\d$/

let browser: Browser
let stage: Stage
let setupComplaints: readonly string[] = []

before(
  async () => {
    if (skip) return
    browser = await openBrowser()
    stage = await startStage(async ({ setupUrl }) => {
      setupComplaints = await lookAtSetup(setupUrl ?? '')
    })
  },
  { timeout: 180_000 },
)

after(async () => {
  await browser?.close()
  await stage?.stop()
})

test('page setup', { skip }, () => assert.deepEqual(setupComplaints, []))

describe('pages', { concurrency: lanes.length }, () => {
  for (const lane of lanes) {
    describe(lane.name, { concurrency: 1 }, () => {
      let tab: Tab
      before(async () => {
        if (skip) return
        tab = await openTab(browser, { faultsExpected })
        if (lane.signedIn) await signIn(tab.page, stage)
      })
      for (const view of lane.views) {
        test(`page ${view.name}`, { skip, timeout: PAGE_MS }, async () => {
          assert.deepEqual(await complaintsAbout(tab, view), [])
        })
      }
    })
  }
})

async function complaintsAbout(tab: Tab, { name, path, act, afterwards }: View): Promise<readonly string[]> {
  const { page } = tab
  const found = typeof path === 'string' ? path : await path(stage)
  await visit(page, new URL(found, stage.acme.gateway.url))
  await act?.(page, stage)
  const complaints = [...(await lookAt(page, name)), ...(await strayed(page, name)), ...tab.takeFaults()]
  await afterwards?.(page, stage)
  return complaints
}

/** A picture of the sign-in page under another page's name proves nothing. */
async function strayed(page: Page, name: string): Promise<readonly string[]> {
  const isAsked = (await page.getByRole('heading', { name: 'Sign in', exact: true }).count()) > 0
  return isAsked && !name.startsWith('sign-in') ? ['it asks for a sign-in instead'] : []
}

async function lookAtSetup(setupUrl: string): Promise<readonly string[]> {
  const tab = await openTab(browser, { faultsExpected })
  await tab.page.goto(setupUrl)
  await settled(tab.page)
  await fillSetup(tab.page)
  const complaints = [...(await lookAt(tab.page, 'setup')), ...tab.takeFaults()]
  await tab.close()
  return complaints
}

async function fillSetup(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Ada Admin')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByLabel('Primary domain').fill('acme.example')
  await page.getByRole('heading', { name: 'Why Exchange on-premises?' }).waitFor()
}
