// An import of 50,000 senders as a person sees it, by hand: from the file let go of to the preview, and from
// the press of the button to the entries on the page. `node bench/senders-page.ts [ROUNDS]`, after the
// console was built.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Acme, startAcme } from '../test/journeys/lib/acme.ts'
import { openBrowser, openTab } from '../test/journeys/lib/browser.ts'

const ROUNDS = Number(process.argv[2] ?? 5)
const ROWS = 50_000
const FILE = Array.from({ length: ROWS }, (_, index) => {
  return `user${String(index % 1_000).padStart(6, '0')}@acme.example, new${index}@far${index % 4_000}.example, PERMIT`
}).join('\r\n')

type Page = Awaited<ReturnType<typeof openTab>>['page']
type Round = { readonly previewed: number; readonly imported: number; readonly found: number }

// On disk, as a person's file is: handed over as octets it first goes through the browser's remote control
// as base64 and is made into a file by a script of the page, which took 0.7 to 1 s of what was measured.
const folder = await mkdtemp(join(tmpdir(), 'gatepost-senders-'))
const file = join(folder, 'contacts.csv')
await writeFile(file, FILE)
const acme = await startAcme()
const browser = await openBrowser()
try {
  const { page } = await openTab(browser, { faultsExpected: /GET \/v1\/me: 401$/ })
  await signIn(page, acme)
  const rounds: Round[] = []
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure(page, acme))
  const [first] = rounds
  print('first', first!)
  const median = (of: (round: Round) => number): number => {
    return rounds.map(of).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!
  }
  print(`median of ${ROUNDS}`, {
    previewed: median(({ previewed }) => previewed),
    imported: median(({ imported }) => imported),
    found: median(({ found }) => found),
  })
} finally {
  await browser.close()
  await acme.stop()
  await rm(folder, { recursive: true })
}

/** One import, searched at once, and taken back. */
async function measure(page: Page, { gateway, api, base }: Acme): Promise<Round> {
  await page.goto(new URL('/t/acme-ltd/senders', gateway.url).href)
  const start = page.getByRole('button', { name: 'Start', exact: true })
  const input = page.getByLabel('CSV file with senders')
  await start.or(input).first().waitFor()
  if (await start.isVisible()) await start.click()
  const begun = performance.now()
  await input.setInputFiles(file)
  const confirm = page.getByRole('button', { name: 'Import 50,000 entries' })
  await confirm.waitFor()
  const previewed = performance.now()
  await confirm.click()
  const rows = page.getByRole('table', { name: 'Permitted and blocked senders' }).locator('tbody tr')
  await rows.nth(3).waitFor()
  const imported = performance.now()
  await api.call('GET', `${base}/senders?search=new49999@`)
  const found = performance.now()
  const { lastImport } = await api.call<{ lastImport: { id: string } }>('GET', `${base}/senders-summary`)
  await api.call('POST', `${base}/sender-imports/${lastImport.id}/undo`, {})
  return { previewed: previewed - begun, imported: imported - previewed, found: found - imported }
}

function print(name: string, { previewed, imported, found }: Round): void {
  const ms = (time: number): string => `${Math.round(time)} ms`
  const parts = [
    `file to preview ${ms(previewed)}`,
    `button to entries on the page ${ms(imported)}`,
    `together ${ms(previewed + imported)}`,
    `search right after ${ms(found)}`,
  ]
  process.stdout.write(`${name}: ${parts.join(', ')}\n`)
}

async function signIn(page: Page, { gateway }: Acme): Promise<void> {
  await page.goto(new URL('/sign-in', gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}
