// The pages of Connect as a person reads them: steps by their titles, states by their words, records by their
// copy buttons.
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { eventually } from './api.ts'
import { settled, type Tab, WAIT_MS } from './browser.ts'

/** The words of states, as the look names them. */
const STATE_WORDS = 'Not started|In progress|Waiting|Needs attention|Done|Skipped|Locked'
/** "Check now" cools down for 5 s. */
const COOL_DOWN_MS = 5_200

/** Opens the overview from the main navigation. */
export async function openConnect({ page, hands }: Tab): Promise<void> {
  await hands.click(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Connect/ }))
  await page.getByRole('heading', { level: 1, name: /behind Gatepost$/ }).waitFor()
  await settled(page)
}

/** Opens a step from the list beside every page of Connect. */
export async function openStep({ page, hands }: Tab, title: string): Promise<void> {
  await hands.click(
    page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: new RegExp(`^${title}`) }),
  )
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  await settled(page)
}

/** Waits until the open step shows the state by itself. */
export async function untilState({ page }: Tab, word: string): Promise<void> {
  await pill(page, word).waitFor()
}

/** Each step of the task list with the word of its state. */
export async function statesOf({ page }: Tab): Promise<ReadonlyMap<string, string>> {
  const list = page.getByRole('navigation', { name: 'Steps' })
  await list.waitFor()
  const states = new Map<string, string>()
  for (const text of await list.getByRole('link').allInnerTexts()) {
    const [title = '', below = ''] = text.split('\n').filter((line) => line.trim() !== '')
    const word = new RegExp(`^(${STATE_WORDS})`).exec(below)?.[1]
    if (word !== undefined) states.set(title, word)
  }
  assert.ok(states.size > 6, 'the list of steps is not there')
  return states
}

/** Presses "Check again" of the open step until it shows the state. */
export function checkUntil(tab: Tab, title: string, word: string): Promise<void> {
  return pressUntil(tab, tab.page.getByRole('button', { name: `Check again ${title}` }), pill(tab.page, word))
}

/** Presses a check button until what it should bring is seen, as its cool-down allows. */
export async function pressUntil({ hands }: Tab, button: Locator, seen: Locator): Promise<void> {
  const end = Date.now() + 3 * WAIT_MS
  while (Date.now() < end) {
    await hands.click(button)
    const isThere = await seen
      .waitFor({ timeout: COOL_DOWN_MS })
      .then(() => true)
      .catch((error: Error) => {
        // Two places that say it are a fault of the story, which would press in vain until its end.
        if (error.name !== 'TimeoutError') throw error
        return false
      })
    if (isThere) return
  }
  assert.fail(`${seen} was not seen after a check`)
}

/** A record as the page shows it, each value by its copy button, in the order of a provider's form. */
export async function copiedRecord(tab: Tab, table: string, type: string): Promise<string> {
  const { page } = tab
  const row = page
    .getByRole('table', { name: table })
    .getByRole('row')
    .filter({ has: page.getByRole('cell', { name: type, exact: true }) })
  const name = await copied(tab, row.getByRole('button', { name: `Copy ${type} name` }))
  const value = await copied(tab, row.getByRole('button', { name: `Copy ${type} value` }))
  if (type !== 'MX') return `${type} ${name} "${value}"`
  const cells = await row.getByRole('cell').allInnerTexts()
  return `MX ${name} ${cells[3]?.trim()} ${value}.`
}

async function copied({ page, hands }: Tab, button: Locator): Promise<string> {
  await page.evaluate(`navigator.clipboard.writeText('')`)
  await hands.click(button)
  return eventually(
    async () => String(await page.evaluate(`navigator.clipboard.readText()`)),
    (text) => text !== '',
    WAIT_MS,
  )
}

function pill(page: Page, word = STATE_WORDS): Locator {
  const exactly = new RegExp(`^(${word})$`)
  return page
    .locator('main')
    .locator('div')
    .filter({ has: page.getByRole('heading', { level: 1 }) })
    .last()
    .getByText(exactly)
}
