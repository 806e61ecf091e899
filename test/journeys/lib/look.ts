// Looks at a page in light, in dark and as wide as a phone: takes pictures, but in CI, and lists what is
// wrong.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { drawn, screenshotPath, settled } from './browser.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** WCAG 2.2 AA with all it builds on, and what axe knows to be good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const DESK = { width: 1360, height: 900 }
const PHONE = { width: 390, height: 844 }
const CONTRAST = 'color-contrast'
/** What a look can change: the dark one its colours, the phone its layout. */
const LOOKS = [
  { look: 'light', colorScheme: 'light', size: DESK, runOnly: { type: 'tag', values: TAGS }, rules: {} },
  {
    look: 'dark',
    colorScheme: 'dark',
    size: DESK,
    runOnly: { type: 'rule', values: [CONTRAST] },
    rules: {},
  },
  {
    look: 'phone',
    colorScheme: 'light',
    size: PHONE,
    runOnly: { type: 'tag', values: TAGS },
    rules: { [CONTRAST]: { enabled: false } },
  },
] as const

const NAVIGATION = 'nav[aria-label="Main"]'
/** Words of the navigations that were looked at in every scheme: most pages have the same. */
const seenNavigations = new Set<string>()

/** Pictures are for people, who look at them where they work. */
const TAKES_PICTURES = process.env.CI !== 'true'

type Violation = {
  readonly id: string
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[]
}

/** What is wrong with the page in any look; pictures go to `screenshots/NAME-LOOK.png`. */
export async function lookAt(page: Page, name: string): Promise<readonly string[]> {
  const complaints: string[] = []
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(AXE)
  const context = await unseen(page)
  for (const { look, colorScheme, size, runOnly, rules } of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(size)
    // A page that changes its layout has to draw it and may ask for data again.
    await drawn(page)
    await settled(page)
    complaints.push(...(await sideways(page)).map((what) => `${look}: scrolls sideways, ${what}`))
    complaints.push(
      ...(await violations(page, context, { runOnly, rules })).map((what) => `${look}: ${what}`),
    )
    if (TAKES_PICTURES) await page.screenshot({ path: screenshotPath(`${name}-${look}`), fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(DESK)
  return complaints
}

/** What axe looks at: all of the page, but for a navigation that it saw on another page. */
async function unseen(page: Page): Promise<string> {
  const text = (await page.evaluate(`document.querySelector('${NAVIGATION}')?.innerText ?? ''`)) as string
  if (text !== '' && seenNavigations.has(text)) return `{ exclude: ['${NAVIGATION}'] }`
  seenNavigations.add(text)
  return 'document'
}

async function violations(
  page: Page,
  context: string,
  options: Pick<(typeof LOOKS)[number], 'runOnly' | 'rules'>,
): Promise<readonly string[]> {
  const all = JSON.stringify({ ...options, resultTypes: ['violations'] })
  const found = (await page.evaluate(
    `axe.run(${context}, ${all}).then(({ violations }) => violations)`,
  )) as readonly Violation[]
  return found.map(({ id, nodes }) => {
    const where = nodes.slice(0, 3).map(({ target, failureSummary }) => {
      return `${target.join(' ')} (${failureSummary.split('\n')[1]?.trim()})`
    })
    return `axe ${id}: ${where.join('; ')}`
  })
}

/** The widest elements past the window's edge; none when nothing scrolls sideways. */
async function sideways(page: Page): Promise<readonly string[]> {
  return (await page.evaluate(`(() => {
    const root = document.documentElement
    if (root.scrollWidth <= root.clientWidth) return []
    return [...document.body.querySelectorAll('*')]
      .filter((each) => each.getBoundingClientRect().right > root.clientWidth + 1)
      .slice(-3)
      .map((each) => each.outerHTML.slice(0, 120))
  })()`)) as readonly string[]
}
