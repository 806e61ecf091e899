// C3 and People in a real browser: a workbook is dropped, its columns are named, it is imported and taken
// back; a list replaces another after a yes; many users are changed at once and changed back; a user's page
// tells all.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { workbookOf } from '../workbook.ts'
import { type Acme, startAcme } from './lib/acme.ts'
import { chromiumMissing, openBrowser, openTab, settled, type Tab } from './lib/browser.ts'
import { lookAt } from './lib/look.ts'

const skip = chromiumMissing()
const STORY_MS = 400_000

let acme: Acme
let browser: Browser
let tab: Tab

before(
  async () => {
    if (skip) return
    browser = await openBrowser()
    tab = await openTab(browser, { faultsExpected: /GET \/v1\/me: 401$/ })
    acme = await startAcme()
    await signIn(tab.page)
  },
  { timeout: STORY_MS },
)

after(async () => {
  await browser?.close()
  await acme?.stop()
})

const SHEET = [
  ['post', 'display name', 'password', 'groups', 'where'],
  ['carol@acme.example', 'Carol Clark', 'correct horse battery', 'Field staff', 'Bern'],
  ['dave@acme.example', 'Dave Dean', '', 'Field staff', 'Basel'],
  ['eve@acme.example', 'Eve Else', '', '', ''],
]

test('C3: a workbook is dropped, its columns are named, it is imported with groups and passwords', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await open(page, '/connect/add-users')
  await drop(page, { name: 'staff.xlsx', bytes: workbookOf(SHEET) })
  await page.getByText('Preview of staff.xlsx: 3 rows, nothing imported yet').waitFor()
  await page.getByRole('combobox', { name: 'where' }).click()
  await page.getByRole('option', { name: 'Attribute', exact: true }).click()
  await page.getByLabel('Attribute in where').fill('Office')
  await page.getByRole('button', { name: 'Check again with these columns' }).click()
  await page.getByText('Groups that will be made: Field staff').waitFor()
  assert.deepEqual([...(await lookAt(page, 'users-xlsx')), ...tab.takeFaults()], [])
  await page.getByRole('button', { name: 'Import 3 users' }).click()
  await page.getByText('3 users added', { exact: true }).waitFor()
  const carol = await userOf('carol@acme.example')
  assert.deepEqual(
    [carol.name, carol.hasAccount, carol.groups.map(({ name }) => name), carol.attributes],
    ['Carol Clark', true, ['Field staff'], [{ name: 'Office', value: 'Bern', from: 'Written here' }]],
  )
  await page.getByRole('button', { name: 'Undo import' }).waitFor()
})

test('a list that replaces asks for a yes, removes, and is taken back', {
  skip,
  timeout: STORY_MS,
}, async () => {
  const { page } = tab
  await open(page, '/users')
  const many = Array.from({ length: 8 }, (_, at) => [`p${at}@acme.example`, `Person ${at}`])
  await drop(page, { name: 'many.xlsx', bytes: workbookOf([['email', 'name'], ...many]) })
  await page.getByRole('button', { name: 'Import 8 users' }).click()
  await page.getByText('8 users added', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Import another file' }).click()
  await drop(page, {
    name: 'few.xlsx',
    bytes: workbookOf([
      ['email', 'name'],
      ['eve@acme.example', 'Eve Else'],
    ]),
  })
  await page.getByText('Replace the list before').click()
  await page.getByText('10 users of earlier lists are removed').waitFor()
  assert.deepEqual([...(await lookAt(page, 'users-replace')), ...tab.takeFaults()], [])
  const go = page.getByRole('button', { name: 'Remove 10 users' })
  assert.equal(await go.isDisabled(), true)
  await page.getByLabel('Yes, remove 10 users').check()
  await go.click()
  await page.getByText(/10 removed/).waitFor()
  assert.equal(await totalOf(''), 3)
  await page.getByRole('button', { name: 'Undo import' }).click()
  await page.getByText('The import of few.xlsx is taken back').waitFor()
  assert.equal(await totalOf(''), 13)
})

test('many are changed at once and changed back; one has a page', { skip, timeout: STORY_MS }, async () => {
  const { page } = tab
  await open(page, '/users?search=p')
  await page.getByText('1 to 8 of 8').waitFor()
  await page.getByLabel('Select this page').check()
  await page.getByRole('button', { name: 'Stop sign-in' }).click()
  await page.getByText('8 users cannot sign in any more').waitFor()
  assert.equal(await totalOf('enabled=no'), 8)
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await page.getByText('8 users cannot sign in any more').waitFor({ state: 'detached' })
  assert.equal(await totalOf('enabled=no'), 0)
  await page.getByLabel('Search users').fill('carol')
  await page.getByRole('link', { name: 'carol@acme.example' }).click()
  await page.getByRole('heading', { name: 'carol@acme.example' }).waitFor()
  await page.getByText('Where it comes from').waitFor()
  assert.deepEqual([...(await lookAt(page, 'user-of-a-list')), ...tab.takeFaults()], [])
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('dialog').getByLabel('Attributes').fill('Office: Zug')
  await page.getByRole('button', { name: 'Save user' }).click()
  await page.getByText('Zug').waitFor()
})

type Detail = {
  readonly name: string
  readonly hasAccount: boolean
  readonly groups: readonly { readonly name: string }[]
  readonly attributes: readonly unknown[]
}

function userOf(address: string): Promise<Detail> {
  return acme.api.call<Detail>('GET', `${acme.base}/users/${address}`)
}

async function totalOf(query: string): Promise<number> {
  const page = await acme.api.call<{ total: number }>('GET', `${acme.base}/users?${query}`)
  return page.total
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(new URL(`/t/acme-ltd${path}`, acme.gateway.url).href)
  await settled(page)
}

/** Lets go of a file above the drop area, as a person does with the mouse. */
async function drop(
  page: Page,
  { name, bytes }: { readonly name: string; readonly bytes: Buffer },
): Promise<void> {
  const area = page.getByText('Drop a CSV or XLSX file here, or press to choose one')
  await area.waitFor()
  const dataTransfer = await page.evaluateHandle(
    `(() => {
      const carried = new DataTransfer()
      const bytes = Uint8Array.fromBase64(${JSON.stringify(bytes.toString('base64'))})
      carried.items.add(new File([bytes], ${JSON.stringify(name)}, { type: ${JSON.stringify(XLSX)} }))
      return carried
    })()`,
  )
  for (const type of ['dragenter', 'dragover', 'drop']) await area.dispatchEvent(type, { dataTransfer })
}

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

async function signIn(page: Page): Promise<void> {
  await page.goto(new URL('/sign-in', acme.gateway.url).href)
  await page.getByLabel('Work address').fill('ada@acme.example')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Put Acme Ltd behind Gatepost' }).waitFor()
}
