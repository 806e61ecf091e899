// Story (C15): a partner's TLS is tested, asked for and seen in Why; asked for more than it bears, mail waits
// and says so; asked for less again, it goes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sendMessage } from '@gatepost/sandbox/senders.ts'
import type { Browser, Page } from 'playwright-core'
import { ACME_IP, type Acme, live, startAcme } from './lib/acme.ts'
import { eventually } from './lib/api.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing()
const STORY_MS = 400_000

let acme: Acme
let browser: Browser
let tab: Tab
let count = 0

before(
  async () => {
    if (skip) return
    acme = await startAcme()
    await prepareInbound()
    browser = await openBrowser()
    tab = await openTab(browser)
  },
  { timeout: 240_000 },
)

after(async () => {
  await browser?.close()
  await acme?.stop()
})

type Route = { readonly id: string; readonly lastTest: { readonly passed: boolean } | null }

/** C15 opens when the way in is tested and confirmed. */
async function prepareInbound(): Promise<void> {
  const { api, base } = acme
  const routes = () => api.call<{ items: readonly Route[] }>('GET', `${base}/routes`)
  const id = (await routes()).items[0]?.id
  await api.call('POST', `${base}/routes/${id}/test`, { recipient: 'ann@acme.example' })
  await eventually(routes, ({ items }) => items[0]?.lastTest?.passed === true, 30_000)
  await api.call('POST', `${base}/routes/${id}/arrived`)
}

type Row = { readonly id: string; readonly status: string }

/** Sends to the partner and waits until its message is in one of the states. */
async function writeToPartner(states: readonly string[]): Promise<string> {
  count += 1
  const subject = `Confidential ${count}`
  const { accepted } = await sendMessage({
    port: acme.gateway.mxPort,
    proxy: { sourceIp: ACME_IP, sourcePort: 22_000 + count },
    helo: 'exchange.acme.example',
    reversePath: 'ann@acme.example',
    forwardPaths: ['ben@bright.example'],
    content: [
      'From: Ann <ann@acme.example>',
      `To: ben@bright.example`,
      `Subject: ${subject}`,
      'Date: Sun, 22 Nov 2026 08:00:00 +0000',
      `Message-ID: <tls-${count}@acme.example>`,
      '',
      'Hello',
      '',
    ].join('\r\n'),
  })
  assert.ok(accepted)
  const row = await eventually(
    async () => {
      const query = new URLSearchParams({ search: subject })
      const { items } = await acme.api.call<{ items: readonly Row[] }>(
        'GET',
        `${acme.base}/messages?${query}`,
      )
      return items.find(({ status }) => states.includes(status))
    },
    (found) => found !== undefined,
    30_000,
  )
  return row!.id
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(new URL(`/t/acme-ltd/${path}`, acme.gateway.url).href)
  await settled(page)
}

test('test a partner, ask it for TLS, see it in Why; too much waits and says so', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page, hands } = tab
  await signIn(page)
  await open(page, 'connect/tls-policies')
  assert.deepEqual(await lookAt(page, 'c15-empty'), [])
  await hands.fill(page.getByRole('textbox', { name: 'Domain' }), 'ben@bright.example')
  await hands.click(page.getByRole('button', { name: 'Add and test' }))
  await page.getByText('Bears relaxed TLS alone').waitFor()
  assert.deepEqual(await lookAt(page, 'c15-tested'), [])
  await hands.click(page.getByRole('button', { name: 'Ask for TLS' }))
  await page.getByRole('link', { name: 'TLS for mail to bright.example' }).waitFor()
  await page.getByText('Asked: TLS, with any certificate.').waitFor()
  await live(acme.api, acme.base)

  await open(page, `messages/${await writeToPartner(['delivered'])}`)
  await page.getByText(/TLSv1\.3, asked by a policy/).waitFor()
  await hands.click(page.getByText('TLS of this delivery'))
  await page
    .getByText(/^Cipher TLS_/)
    .first()
    .waitFor()
  assert.deepEqual(await lookAt(page, 'why-tls'), [])

  await acme.api.call('POST', `${acme.base}/tls/partners/bright.example/policies`, {
    level: 'enforced-strict',
  })
  await live(acme.api, acme.base)
  const waiting = await writeToPartner(['deferred'])
  await open(page, `messages/${waiting}`)
  await page
    .getByText(/at the TLS handshake/)
    .first()
    .waitFor()
  await open(page, 'tls')
  await page.getByText(/asks for more than the hosts can bear now/).waitFor()
  assert.deepEqual(await lookAt(page, 'tls-too-much'), [])

  await hands.click(page.getByRole('button', { name: 'Ask for TLS' }))
  await page.getByText(/asks for more than the hosts can bear now/).waitFor({ state: 'detached' })
  await live(acme.api, acme.base)
  await acme.api.call('POST', `${acme.base}/messages/${waiting}/retry`)
  await eventually(
    async () => (await acme.api.call<Row>('GET', `${acme.base}/messages/${waiting}`)).status,
    (status) => status === 'delivered',
    30_000,
  )
  assert.deepEqual(tab.takeFaults(), [])
})

async function signIn(page: Page): Promise<void> {
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}
