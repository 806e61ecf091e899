// Goes to a page of the console the way people do: by its own navigation where it is open already, which
// costs a third of a load, and by its address everywhere else.
import type { Page } from 'playwright-core'
import { drawn, settled } from './browser.ts'

/** Pages that people reach from inside; all others are entered by their address. */
const INSIDE = /^\/(t|system)\//

/** Resolves when the page is drawn and waits for no data. */
export async function visit(page: Page, to: URL): Promise<void> {
  if (await canNavigate(page, to)) {
    const href = JSON.stringify(to.pathname + to.search)
    // What the router gives to its own developer tools.
    await page.evaluate(`__TSR_ROUTER__.navigate({ href: ${href} }).then(() => undefined)`)
    await drawn(page)
  } else {
    await page.goto(to.href)
  }
  await settled(page)
}

/** The same page again, or one with something open over it, would keep what was done there. */
async function canNavigate(page: Page, to: URL): Promise<boolean> {
  const from = new URL(page.url())
  if (from.origin !== to.origin || from.pathname === to.pathname) return false
  if (!INSIDE.test(from.pathname) || !INSIDE.test(to.pathname)) return false
  return (await page.evaluate(
    'typeof __TSR_ROUTER__ === "object" && document.querySelector("[role=dialog]") === null',
  )) as boolean
}
