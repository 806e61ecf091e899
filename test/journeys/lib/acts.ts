// What a person does on a page before its picture is taken.
import type { Page } from 'playwright-core'

export async function openFilter(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Time/ }).click()
  await page.getByLabel('From day').waitFor()
}

export async function selectQueued(page: Page): Promise<void> {
  await page
    .getByRole('checkbox', { name: /^Select the message/ })
    .first()
    .check()
  await page.getByRole('button', { name: 'Reroute' }).waitFor()
}

export async function openSpf(page: Page): Promise<void> {
  await page.getByText('SPF record of what it sends through us').first().click()
  await page.getByText('Evaluate again').first().waitFor()
}

export async function changeAutoAllow(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Change auto allow' }).click()
  await page.getByLabel('Days without mail that end an entry').waitFor()
}

export async function makeLogin(page: Page): Promise<void> {
  await page.getByLabel('Host or application').fill('Scanner, 2nd floor')
  await page.getByRole('button', { name: 'Make login' }).click()
  await page.getByText('Copy password').waitFor()
}

export async function switchCloudOn(page: Page): Promise<void> {
  await page.getByLabel('We send through Microsoft 365').click()
  await page.getByRole('button', { name: 'Make header value' }).click()
  await page.getByText('Copy header value').waitFor()
}

export async function addTlsPartner(page: Page): Promise<void> {
  if ((await page.getByRole('heading', { name: 'bright.example' }).count()) === 0) {
    await page.getByRole('textbox', { name: 'Domain' }).fill('bright.example')
    await page.getByRole('button', { name: 'Add and test' }).click()
  }
  await page.getByRole('button', { name: 'Ask for TLS' }).waitFor()
}

export async function selectUsers(page: Page): Promise<void> {
  await page.getByLabel('Select this page').check()
  await page.getByText(/users? selected/).waitFor()
}

export async function openSearch(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Pages, people, domains').fill('mail')
  await page.getByRole('dialog').getByText('Prepare for inbound email').waitFor()
}

/** Finds a person, a domain and messages by one word; the server answers. */
export async function searchHits(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Pages, people, domains').fill('acme')
  await page.getByRole('dialog').getByText('acme.example', { exact: true }).first().waitFor()
}

export async function openKeys(page: Page): Promise<void> {
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).getByText('Held mail').waitFor()
}

export async function showTable(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Show as table' }).click()
  await page.getByRole('columnheader', { name: 'Delivered' }).waitFor()
}

export async function openChange(page: Page): Promise<void> {
  await page.getByText('Before and after').first().click()
}

export async function startRole(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New role' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Senders desk')
  await page.getByLabel('Senders: Change').check()
}

export async function makeToken(page: Page): Promise<void> {
  await page.getByLabel('What uses it').fill('Monitoring')
  await page.getByLabel('Queue: Read').check()
  await page.getByRole('button', { name: 'Make token' }).click()
  await page.getByText('Monitoring is made').waitFor()
}

export async function startOperator(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Invite operator' }).click()
  await page.getByRole('dialog').waitFor()
}

export async function testAlerts(page: Page): Promise<void> {
  await page.getByLabel('Webhook').fill('https://hooks.example/gatepost')
  if ((await page.getByText(/Test by mail/).count()) > 0) return
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText(/Test by mail/).waitFor()
}

/** Hundreds of lines of endpoints look alike: the first of each area stand for all. */
export async function shortenAreas(page: Page): Promise<void> {
  await page.evaluate(
    '[...document.querySelectorAll(".rows")].forEach((list) => [...list.children].slice(2).forEach((row) => row.remove()))',
  )
}

/** The first endpoints of a page of the API with all that they take and answer. */
export async function openFolds(page: Page): Promise<void> {
  await page.evaluate(
    '[...document.querySelectorAll("article details")].slice(0, 12).forEach((one) => { one.open = true })',
  )
}

export async function openZone(page: Page): Promise<void> {
  await page.getByText('Where to enter records, and all of them').first().click()
  await page.getByRole('button', { name: 'Copy all records' }).waitFor()
}
