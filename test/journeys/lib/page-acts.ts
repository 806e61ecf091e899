// What a person does on a page before its picture is taken, where it needs the data of the stage; and paths
// that only the data knows.
import type { Page } from 'playwright-core'
import { selectQueued } from './acts.ts'
import { settled } from './browser.ts'
import { reached, SLUG, type Stage } from './page-stage.ts'

export async function signIn(page: Page, { acme }: Stage): Promise<void> {
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}

export async function askAboutUnknown(page: Page): Promise<void> {
  await page.getByLabel('Client address').fill('198.51.100.7')
  await page.getByLabel('HELO').fill('mail.far.example')
  await page.getByLabel('Reverse-path').fill('bob@far.example')
  await page.getByLabel('Recipient').fill('nobody@acme.example')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.getByRole('heading', { name: 'The smallest change' }).waitFor()
}

/** A draft with a fault, which stands beside its field. */
export async function startPolicy(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Survey tool')
  await page.getByLabel('Applies from').selectOption('domain')
  await page.getByLabel('Domain', { exact: true }).fill('acme.example')
  const names = page.getByRole('combobox', { name: 'Verified host names' })
  await names.fill('*.example')
  await names.press('Enter')
  await page.getByRole('heading', { name: 'Precedence' }).waitFor()
}

/** What was written and not saved is asked about before the page goes. */
export async function leaveForm(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Policies' }).click()
  await page.getByRole('button', { name: 'Leave without saving' }).click()
  await page.getByRole('heading', { level: 1, name: 'Policies' }).waitFor()
}

export async function signInWrongly(page: Page): Promise<void> {
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
}

export async function lookInside(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Look at the message' }).click()
  await page.getByText('Header fields').waitFor()
}

export async function askWhereIsMail(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'From' }).fill('nobody@bright.example')
  await page.getByRole('textbox', { name: 'To', exact: true }).fill('ann@acme.example')
  await page.getByRole('button', { name: 'Find it' }).click()
  await page.getByText('never reached us in this time').waitFor()
}

/** The hosts of Bright offer TLS with a certificate of nobody's. */
export async function makeKeys(page: Page): Promise<void> {
  const make = page.getByRole('button', { name: 'Make keys of acme.example' })
  if (await make.isVisible().catch(() => false)) await make.click()
  await page.getByText('Copy to send to your DNS team').first().waitFor()
}

export async function addForwarding(page: Page): Promise<void> {
  for (const [address, target] of [
    ['sales@acme.example', 'pat@bright.example'],
    ['info@acme.example', 'ann@acme.example'],
  ] as const) {
    await page.getByLabel('Mail for').fill(address)
    await page.getByLabel('goes to').fill(target)
    await page.getByRole('button', { name: 'Add forwarding address' }).click()
    await page.getByText(address, { exact: true }).waitFor()
  }
  await page.getByLabel('Mail for').fill('three@acme.example')
  await page.getByLabel('goes to').fill('ben@bright.example')
  await page.getByRole('button', { name: 'Test target' }).click()
  await page.getByRole('list', { name: 'Test of the target' }).waitFor({ timeout: 20_000 })
}

export async function previewImport(page: Page): Promise<void> {
  const text = 'email,name,aliases\ncarol@acme.example,Carol Clark,\ndave.acme.example,Dave Dean,\n'
  const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) }
  await page.getByLabel('CSV or XLSX file with users').setInputFiles(file)
  await page.getByText('Preview of people.csv').waitFor()
}

export async function inviteNora(page: Page): Promise<void> {
  await page.getByLabel('Address', { exact: true }).fill('nora@acme.example')
  await page.getByLabel('Name', { exact: true }).fill('Nora Nyberg')
  await page.getByRole('button', { name: 'Make invitation' }).click()
  await page.getByText('The invitation of nora@acme.example is ready').waitFor()
}

export async function messagePath({ acme }: Stage, status: string, search?: string): Promise<string> {
  return `${SLUG}/messages/${await reached(acme, status, search)}`
}

/** A policy that was changed once, so that there is a history. */
export async function policyPath({ acme }: Stage): Promise<string> {
  const { api, base } = acme
  type Made = { readonly policy: { readonly id: string } }
  const draft = {
    type: 'blocked-senders',
    name: 'Deals that nobody wants',
    from: { kind: 'domain', domain: 'deals.example' },
    to: { kind: 'everyone' },
    option: { action: 'block' },
  }
  const { policy } = await api.call<Made>('POST', `${base}/policies`, { draft, reason: 'ticket 4711' })
  await api.call('PATCH', `${base}/policies/${policy.id}`, { enabled: false, reason: '' })
  return `${SLUG}/policies/${policy.id}`
}

/** Holds what waits, sees it under Held mail, and pauses the route. */
export async function holdAndPause(page: Page, { acme }: Stage): Promise<void> {
  await page.goto(new URL(`${SLUG}/queue?state=queued`, acme.gateway.url).href)
  await selectQueued(page)
  await page.getByRole('button', { name: 'Select all that match' }).click()
  await page.getByRole('button', { name: 'Hold', exact: true }).click()
  await page.getByText(/^\d+ messages? (is|are) held$/).waitFor()
  await page.goto(new URL(`${SLUG}/queue?state=held`, acme.gateway.url).href)
  await page.getByText('Waits for a person').first().waitFor()
  await page.getByRole('switch', { name: 'Route Exchange' }).press('Space')
  await page.getByText('Delivery by Exchange is paused').waitFor()
}

export async function heldPath({ acme }: Stage): Promise<string> {
  type Rows = { readonly items: readonly { readonly id: string }[] }
  const { items } = await acme.api.call<Rows>('GET', `${acme.base}/held`)
  return `${SLUG}/held/${items[0]?.id}`
}

export async function openGroup(page: Page, { acme }: Stage): Promise<void> {
  const { api, base } = acme
  type Groups = { readonly items: readonly { readonly id: string }[] }
  const found = await api.call<Groups>('GET', `${base}/groups?search=Field%20staff`)
  const group =
    found.items[0] ?? (await api.call<{ id: string }>('POST', `${base}/groups`, { name: 'Field staff' }))
  await api.call('POST', `${base}/groups/${group.id}/members`, { add: ['ann@acme.example'] })
  await page.reload()
  await settled(page)
  await page.getByRole('button', { name: 'Field staff' }).click()
  await page.getByText('1 user in this group').waitFor()
}

export async function invitationPath({ acme }: Stage): Promise<string> {
  const body = { email: 'vera@acme.example', name: 'Vera Vance', role: 'help-desk' }
  const { link } = await acme.api.call('POST', `${acme.base}/invitations`, body)
  const { pathname, hash } = new URL(String(link))
  return pathname + hash
}
