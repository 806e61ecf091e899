// What the pages of the console are looked at with: Acme in the sandbox, with mail of every kind.
import { startPage } from '@gatepost/sandbox/page/server.ts'
import { type Acme, startAcme } from './acme.ts'
import { eventually } from './api.ts'
import type { Gateway } from './gateway.ts'

/** Generous: two pages are looked at at once, on machines that do other things beside. */
export const PAGE_MS = 120_000
export const SLUG = '/t/acme-ltd'
/** Nobody of the internet is asked. */
const ENVIRONMENT = {
  GATEPOST_DIRECTORIES_ENTRA_LOGIN: 'http://127.0.0.1:9',
  GATEPOST_NETWORK_VANTAGE_ADDRESSES: '127.0.0.77',
}

export type Stage = {
  readonly acme: Acme
  readonly sandboxUrl: string
  stop(): Promise<void>
}

/** `beforeSetUp` sees the set-up page, which closes for ever with the first administrator. */
export async function startStage(beforeSetUp: (gateway: Gateway) => Promise<void>): Promise<Stage> {
  const acme = await startAcme(ENVIRONMENT, beforeSetUp)
  const sandbox = await startPage(acme.world, { consoleUrl: () => acme.gateway.url })
  const stop = async (): Promise<void> => {
    await sandbox.stop()
    await acme.stop()
  }
  try {
    await moveMail(acme)
  } catch (error) {
    await stop()
    throw error
  }
  return { acme, sandboxUrl: sandbox.url, stop }
}

/** The id of a message with this status. */
export async function reached(acme: Acme, status: string, search = ''): Promise<string> {
  type Rows = { readonly items: readonly { readonly id: string }[] }
  const query = new URLSearchParams({ status, ...(search === '' ? {} : { search }) })
  const rows = await eventually(
    () => acme.api.call<Rows>('GET', `${acme.base}/messages?${query}`),
    ({ items }) => items.length > 0,
    PAGE_MS,
  )
  return rows.items[0]?.id ?? ''
}

/** Mail of every kind that the message centre can show, so that no page is empty. */
async function moveMail(acme: Acme): Promise<void> {
  const { world, api, base } = acme
  for (const kind of ['unknown-recipient', 'foreign-domain', 'unauthorised', 'outbound', 'survey'] as const) {
    await world.act(kind)
  }
  await testRoute(acme)
  world.acme.setRecipients(['ann@acme.example'])
  await world.act('partner', { to: 'bob@acme.example', subject: 'Minutes of Monday' })
  await reached(acme, 'bounced')
  world.acme.setRecipients(['ann@acme.example', 'bob@acme.example'])
  await world.act('partner')
  await reached(acme, 'delivered', 'Offer')
  // Strangers get in, which the step that locks the mail host shows.
  await api.call('POST', `${base}/lock/check`)
  await world.acme.setDown(true)
  await world.act('partner', { subject: 'Patience' })
  await reached(acme, 'deferred', 'Patience')
  await api.call('POST', `${base}/domains`, { name: 'acme-shop.example' })
}

async function testRoute({ api, base }: Acme): Promise<void> {
  type Routes = { readonly items: readonly { id: string; lastTest: { state: string; passed: boolean } }[] }
  const list = (): Promise<Routes> => api.call<Routes>('GET', `${base}/routes`)
  const id = (await list()).items[0]?.id
  await api.call('POST', `${base}/routes/${id}/test`, { recipient: 'ann@acme.example' })
  await eventually(list, ({ items }) => items[0]?.lastTest.passed === true, PAGE_MS)
  await api.call('POST', `${base}/routes/${id}/arrived`)
}
