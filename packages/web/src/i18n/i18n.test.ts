// All catalogues have the keys and placeholders of English, and a reader gets a language that is there.
import { problems } from '@gatepost/contract/problem.ts'
import { expect, test } from 'vitest'
import { settingsEntry, tenantNavigation } from '#app/shell/navigation.ts'
import { systemNavigation } from '#app/shell/system-navigation.ts'
import { type Family, families, statesOf } from '#shared/vocabulary.ts'
import { chooseLanguage } from './language.ts'
import { literalsOf } from './literals.ts'

type Catalogue = { readonly [key: string]: string | Catalogue }
const files = import.meta.glob<Catalogue>('./*/*.json', { eager: true, import: 'default' })

/** Every text by its whole key. */
function textsOf(catalogue: Catalogue, above = ''): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(catalogue).flatMap(([key, value]) =>
      typeof value === 'string' ? [[above + key, value] as const] : [...textsOf(value, `${above}${key}.`)],
    ),
  )
}

/** A singular may say "one" in place of its number. */
const placeholders = (text: string, key: string) =>
  [...text.matchAll(/\{\{(\w+)(?:, number)?\}\}/g)]
    .map(([, name]) => name)
    .filter((name) => name !== 'count' || !key.endsWith('_one'))
    .sort()
const english = Object.entries(files).filter(([path]) => path.startsWith('./en/'))
const languages = [...new Set(Object.keys(files).map((path) => path.split('/')[1] ?? ''))]

test('there are English, German and another language', () => {
  expect(languages).toEqual(expect.arrayContaining(['en', 'de', 'fr']))
  expect(english.length).toBeGreaterThan(2)
})

for (const [path, catalogue] of english) {
  for (const language of languages.filter((one) => one !== 'en')) {
    test(`${path.slice(5)} in ${language} has the same keys and placeholders`, () => {
      const wanted = textsOf(catalogue)
      const translated = files[path.replace('/en/', `/${language}/`)]
      expect(translated, 'the catalogue is missing').toBeDefined()
      const found = textsOf(translated ?? {})
      expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort())
      for (const [key, text] of wanted) {
        expect([key, placeholders(found.get(key) ?? '', key)]).toEqual([key, placeholders(text, key)])
        expect(found.get(key)?.trim(), key).not.toBe('')
      }
    })
  }
}

test('a reader gets what was chosen, else the first of the browser’s languages that is there', () => {
  const there = ['en', 'de', 'fr']
  const cases = [
    ['fr', ['de-AT'], 'fr'],
    [null, ['de-AT', 'en'], 'de'],
    [null, ['nl', 'fr-CH'], 'fr'],
    [null, ['nl'], 'en'],
    ['gone', ['de'], 'de'],
    [null, [], 'en'],
  ] as const
  for (const [chosen, wanted, language] of cases) {
    expect([chosen, wanted, chooseLanguage(there, chosen, wanted)]).toEqual([chosen, wanted, language])
  }
})

const sources = import.meta.glob<string>('../**/*.tsx', { eager: true, query: '?raw', import: 'default' })

for (const [path, source] of Object.entries(sources)) {
  const areas = [...source.matchAll(/useWords\('(\w+)'\)/g)].map(([, area]) => area ?? '')
  if (areas.length === 0) continue
  test(`the words that ${path.slice(3)} names are in a catalogue`, () => {
    const known = areas.flatMap((area) => [...textsOf(files[`./en/${area}.json`] ?? {}).keys()])
    // Keys with a number have a form each (`sent_one`).
    const has = (key: string): boolean => known.some((one) => one === key || one.startsWith(`${key}_`))
    const named = [...source.matchAll(/\b(?:t|words)\(\s*'([\w.-]+)'/g)].map(([, key]) => key ?? '')
    expect(named.filter((key) => !has(key))).toEqual([])
  })
}

test('every page of the navigation and every state has its word in the catalogue', () => {
  const known = new Set(textsOf(files['./en/shell.json'] ?? {}).keys())
  type Named = { readonly name: string | null; readonly entries: readonly { readonly label: string }[] }
  const groups: readonly Named[] = [...tenantNavigation, ...systemNavigation]
  const pages = [settingsEntry, ...groups.flatMap(({ entries }) => entries)].map(
    ({ label }) => `pages.${label}`,
  )
  const names = groups.flatMap(({ name }) => (name === null ? [] : [`groups.${name}`]))
  const states = families.flatMap((of: Family) => statesOf(of).map((state) => `states.${of}.${state}`))
  expect([...pages, ...names, ...states].filter((key) => !known.has(key))).toEqual([])
})

test('every problem that the server may name has the title of the contract, and one in each language', () => {
  const known = textsOf(files['./en/problems.json'] ?? {})
  const titles = Object.entries(problems).map(([name, { title }]) => [name, title])
  expect(titles.map(([name]) => [name, known.get(`title.${name}`)])).toEqual(titles)
})

/** Folders and files whose words stand in catalogues alone; docs/internals/translations.md names them. */
const CONVERTED = [
  /^\.\.\/(account|app|connect|console|entry|shared|system)\/[\w-]+\.tsx$/,
  /^\.\.\/guides\/guides?-page\.tsx$/,
  /^\.\.\/connect\/(instructions|steps)\/[\w-]+\.tsx$/,
  /^\.\.\/console\/(acceptance|addresses|alerts|archive|ask|audit|directories|domains|held)\/[\w-]+\.tsx$/,
  /^\.\.\/console\/(directories\/(agents|kinds)|leaving|messages|policies)\/[\w-]+\.tsx$/,
  /^\.\.\/console\/(queue|retention|roles)\/[\w-]+\.tsx$/,
  /^\.\.\/console\/(sharing|sign-in|spam|spoofing|services|greylisting|tokens|users|where)\/[\w-]+\.tsx$/,
  /^\.\.\/console\/(forwarding|outbound|routes|senders|senders\/collect|signing|tls)\/[\w-]+\.tsx$/,
]
/** Names that no language translates. */
const NAMES = new Set([
  'Gatepost',
  'Connect',
  'MX',
  'TTL',
  'TXT',
  'JSON',
  'SHA-256',
  'Admin SDK API',
  'department',
  'acme.onmicrosoft.com',
])
/** What a field shows as an example. */
const EXAMPLE = /^(?:https:\/\/\S+|[\w.@=,-]+[.=]example)$/

test('converted pages hold no words of their own', () => {
  const own = Object.entries(sources)
    .filter(([path]) => CONVERTED.some((folder) => folder.test(path)) && !path.includes('.test.'))
    .flatMap(([path, source]) => literalsOf(source).map((text) => [path.slice(3), text] as const))
    .filter(([, text]) => !NAMES.has(text) && !EXAMPLE.test(text))
  expect(own).toEqual([])
})

test('words in code are found, code is not', () => {
  const cases = [
    ['<p>We expect</p>', ['We expect']],
    ['<p>\n  Two lines\n  of words\n</p>', ['Two lines of words']],
    ['<Panel title="Way back">', ['Way back']],
    ['<p title={`Mailed at last`}>', ['Mailed at last']],
    ["<p>{words('mx.expect')}</p>", []],
    ['if (left > 0 && right < total) return { left }', []],
  ] as const
  for (const [source, texts] of cases) expect([source, literalsOf(source)]).toEqual([source, texts])
})
