// The message centre as an administrator reads it: a message found, opened and explained.
import assert from 'node:assert/strict'
import type { Locator } from 'playwright-core'
import { eventually } from './api.ts'
import { settled, type Tab, WAIT_MS } from './browser.ts'

/** The message centre's rows, without its head. */
export function messageRows({ page }: Tab): Locator {
  return page.getByRole('table', { name: 'Messages, newest first' }).locator('tbody').getByRole('row')
}

/** Opens the message centre, without any filter, from the main navigation. */
export async function openMessages({ page, hands }: Tab): Promise<void> {
  await hands.click(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Messages' }))
  await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor()
  await settled(page)
}

/** Finds a delivered message, alone by the first word of its subject, and reads why, from its page. */
export async function lookAtMessage(
  tab: Tab,
  message: { readonly subject: string; readonly direction: string; readonly policies: readonly string[] },
): Promise<void> {
  const { page, hands } = tab
  await openMessages(tab)
  const row = messageRows(tab).filter({ has: page.getByRole('link', { name: message.subject }) })
  await row.waitFor()
  await hands.fill(page.getByLabel('Search messages'), message.subject.split(' ')[0] ?? '')
  // Whoever presses a row while the answer is on its way may press what moves up from below.
  await eventually(
    () => messageRows(tab).count(),
    (count) => count === 1,
    WAIT_MS,
  )
  await row.getByText('Delivered').waitFor()
  assert.match(await row.innerText(), new RegExp(message.direction))
  await hands.click(row.getByRole('link', { name: message.subject }))
  await page.getByRole('heading', { level: 1, name: message.subject }).waitFor()
  await settled(page)
  const verdict = page.getByRole('region', { name: 'Verdict' })
  assert.match(await verdict.innerText(), /^Delivered\./)
  const asked = page.getByRole('list', { name: 'Policies: Recipient accepted' }).getByRole('listitem')
  const texts = await asked.allInnerTexts()
  assert.deepEqual(texts.slice(0, message.policies.length).map(firstLine), message.policies)
  const attempt = page.getByRole('listitem').filter({
    has: page.getByRole('heading', { level: 3, name: /^Delivery attempt 1 accepted/ }),
  })
  assert.match(await attempt.innerText(), /250 2\.\d\.\d /)
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.trim() ?? ''
}
