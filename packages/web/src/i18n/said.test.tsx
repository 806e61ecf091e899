// What the server says has words for every code in every language, and shows as English where it has none.
import type { Check } from '@gatepost/contract/common.ts'
import { english, say, sayings, titleOfStep } from '@gatepost/contract/sayings.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ProblemError } from '#api/problem-error.ts'
import { CheckList } from '#shared/check-list.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { markupOf, wordsOf } from '../../fixtures/markup.tsx'
import { showIn } from './i18n.ts'

type Catalogue = { readonly [key: string]: string | Catalogue }
const said = import.meta.glob<Catalogue>('./*/said.json', { eager: true, import: 'default' })
const connect = import.meta.glob<{ steps: Catalogue }>('./*/connect.json', { eager: true, import: 'default' })
const languages = Object.keys(said).map((path) => path.split('/')[1] ?? '')

function textOf(catalogue: Catalogue | undefined, code: string): string | undefined {
  let node: string | Catalogue | undefined = catalogue
  for (const part of code.split('.')) node = typeof node === 'object' ? node[part] : undefined
  return typeof node === 'string' ? node : undefined
}

test('every code that the server sends has words in every language, and in English its own', () => {
  expect(languages).toEqual(expect.arrayContaining(['en', 'de', 'fr']))
  expect([...sayings].map(([code]) => [code, textOf(said['./en/said.json'], code)])).toEqual([...sayings])
  for (const language of languages) {
    const without = [...sayings.keys()].filter(
      (code) => !textOf(said[`./${language}/said.json`], code)?.trim(),
    )
    expect([language, without]).toEqual([language, []])
  }
})

test('a step is named alike by its page and in sentences', () => {
  for (const language of languages) {
    const { steps = {} } = connect[`./${language}/connect.json`] ?? {}
    const titles = Object.keys(steps).map((name) =>
      textOf(said[`./${language}/said.json`], `steps.${name}.title`),
    )
    expect([language, titles]).toEqual([language, Object.values(steps)])
  }
})

describe('in German', () => {
  beforeAll(() => showIn('de'))
  afterAll(() => showIn('en'))

  const base = { state: 'passed', checkedAt: null, nextCheckAt: null } as const
  const drawn = (checks: readonly Check[], group?: 'probe') =>
    wordsOf(markupOf(<CheckList label="" checks={checks} {...(group ? { group } : {})} />))

  test('a check says title, what was seen and what to do', () => {
    const title = say('mx.ours', { domain: 'acme.example' })
    const saw = say('mx.only-ours', { found: 2, servers: say('part.name-servers', { count: 3 }) })
    const remedy = say('mx.publish')
    const texts = { title: english(title), saw: english(saw), remedy: english(remedy) }
    expect(texts.saw).toBe('Only our MX at 2 of 3 name servers.')
    const check = { ...base, name: 'mx', state: 'failed' as const, ...texts, said: { title, saw, remedy } }
    expect(drawn([check])).toBe(
      'Der MX von acme.example ist unserer Fehlgeschlagen Nur unser MX bei 2 von 3 Nameservern. ' +
        'Veröffentlichen Sie den gezeigten MX-Eintrag, und entfernen Sie alle anderen.',
    )
  })

  test('numbers are grouped as the language groups them, and choose the plural', () => {
    const sawOf = (count: number) => ({ title: 'x', saw: say('users.in-list', { count }), remedy: null })
    const check = (count: number): Check => {
      const { saw, ...rest } = sawOf(count)
      return { ...base, ...rest, name: String(count), saw: english(saw), said: { saw } }
    }
    expect(drawn([check(1), check(12_345)])).toBe(
      'x 1 Benutzer in der Liste. Bestanden x 12.345 Benutzer in der Liste. Bestanden',
    )
  })

  test('a code that nobody knows, also inside of a sentence, shows the server’s English', () => {
    const unknown = { code: 'mx.of-a-later-release' }
    const inside = { code: 'step.needs', values: { steps: unknown } }
    const check = {
      ...base,
      name: 'a',
      title: 'A',
      saw: 'Seen.',
      remedy: null,
      said: { title: unknown, saw: inside },
    }
    expect(drawn([check])).toBe('A Seen. Bestanden')
  })

  test('what a host said is no sentence of ours, whatever it looks like', () => {
    const saw = say('lock.said', { name: 'a', reply: '550 $t(mx.publish) {{name}} <b>' })
    const check = { ...base, name: 'a', title: 'A', saw: english(saw), remedy: null, said: { saw } }
    expect(drawn([check])).toContain('Von a: 550 $t(mx.publish) {{name}} &lt;b&gt;')
  })

  test('a problem says what exactly happened, where that has a code', () => {
    const body = {
      type: '',
      title: 'Some fields need attention',
      status: 422,
      name: 'invalid-input',
      requestId: 'r1',
    }
    const fault = say('input.expected', { what: say('input.characters-min', { count: 3 }) })
    const errors = [{ path: '/name', message: english(fault), said: fault }]
    const error = new ProblemError({ ...body, detail: english(fault), said: fault, errors })
    expect(wordsOf(markupOf(<ProblemNote error={error} />))).toContain('Erwartet: mindestens 3 Zeichen.')
    const plain = new ProblemError({ ...body, detail: 'A thing of its own.', errors: [] })
    expect(wordsOf(markupOf(<ProblemNote error={plain} />))).toContain('A thing of its own.')
  })

  test('a test of a route is named by its place in the list', () => {
    const check = {
      ...base,
      name: 'recipient',
      title: 'Accepts a known recipient',
      saw: '250 ok',
      remedy: null,
    }
    expect(drawn([check], 'probe')).toBe('Nimmt einen bekannten Empfänger an 250 ok Bestanden')
  })
})

test('a list of steps inside a sentence keeps its titles in English without words', () => {
  const steps = say('part.or', { one: titleOfStep('add-users'), other: titleOfStep('outbound') })
  expect(english(say('step.needs', { steps }))).toBe(
    'Needs: Add users manually or Set up your outbound email',
  )
})
