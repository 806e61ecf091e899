// Every page and step names a guide that is there, and the guides are read as they are written.
import { expect, test } from 'vitest'
import { guideOfPath } from '#app/shell/guide-of.ts'
import { settingsEntry, tenantNavigation } from '#app/shell/navigation.ts'
import { systemNavigation } from '#app/shell/system-navigation.ts'
import { stepGuides } from '#connect/step-guides.ts'
import { findGuides } from './find.ts'
import { guideNames, isGuide, loadShelves, targetOf } from './library.ts'
import { blocksOf, inlinesOf, plainOf } from './markdown.ts'

const entries = [...tenantNavigation, ...systemNavigation].flatMap((group) => [...group.entries])

test('every page of the navigation has a guide', () => {
  const missing = [...entries, settingsEntry].filter(({ guide }) => !isGuide(guide))
  expect(missing.map(({ label, guide }) => `${label}: ${guide}`)).toEqual([])
})

test('every step of Connect has a guide', () => {
  expect(Object.entries(stepGuides).filter(([, guide]) => !isGuide(guide))).toEqual([])
})

test('pages below an entry, steps and pages outside the navigation find their guide', () => {
  const cases = [
    ['/t/acme/messages/msg_1', 'messages'],
    ['/t/acme/policies/groups', 'users'],
    ['/t/acme/policies/new', 'policies'],
    ['/t/acme/connect/modify-mx', 'mx'],
    ['/t/acme/connect', 'connect'],
    ['/t/acme/ask', 'messages'],
    ['/account', 'sign-in'],
    ['/system/audit', 'audit'],
  ] as const
  for (const [path, guide] of cases) expect([path, guideOfPath(path)]).toEqual([path, guide])
})

test('no guide is empty, and each is found by its title', async () => {
  const shelves = await loadShelves()
  expect(shelves.length).toBeGreaterThan(20)
  for (const each of shelves) {
    expect(each.blocks.length, each.guide).toBeGreaterThan(2)
    const found = findGuides(shelves, each.title).map(({ guide }) => guide)
    expect(found, each.guide).toContain(each.guide)
  }
})

test('links of guides lead to guides', () => {
  expect(guideNames).toContain('concepts/message-flow')
  expect(targetOf('messages', 'policies.md')).toEqual({ kind: 'guide', guide: 'policies', hash: '' })
  expect(targetOf('messages', '../operate/install.md#the-console')).toEqual({
    kind: 'guide',
    guide: 'operate/install',
    hash: 'the-console',
  })
  expect(targetOf('concepts/policies', '../guides/outbound.md')).toMatchObject({ guide: 'outbound' })
  expect(targetOf('start', 'guides/senders.md')).toMatchObject({ guide: 'senders' })
  expect(targetOf('messages', '../reference/api.md')).toEqual({ kind: 'outside', href: '/docs/api' })
  expect(targetOf('messages', '../../CHANGELOG.md')).toEqual({ kind: 'nowhere' })
})

test('blocks of Markdown', () => {
  const text = [
    '# Title',
    '',
    'One line',
    'and its second.',
    '',
    '- a `b`',
    '  goes on',
    '  - inner',
    '- c',
    '',
    '1. first',
    '2. second',
    '',
    '| A | B |',
    '|---|---|',
    '| x \\| y | **z** |',
    '',
    '    indented',
    '    code',
    '```sh',
    'fenced',
    '```',
    '> said',
  ].join('\n')
  expect(blocksOf(text).map(({ kind }) => kind)).toEqual([
    'heading',
    'paragraph',
    'list',
    'list',
    'table',
    'code',
    'code',
    'quote',
  ])
  const [, paragraph, list, , table] = blocksOf(text)
  expect(paragraph?.kind === 'paragraph' && plainOf(paragraph.parts)).toBe('One line and its second.')
  expect(list?.kind === 'list' && list.items.map((item) => item.map(({ kind }) => kind))).toEqual([
    ['paragraph', 'list'],
    ['paragraph'],
  ])
  expect(table?.kind === 'table' && table.rows[0]?.map(plainOf)).toEqual(['x | y', 'z'])
})

test('parts of a line', () => {
  expect(inlinesOf('a **b `c`** *d* [e](f.md) * g')).toEqual([
    { kind: 'text', text: 'a ' },
    {
      kind: 'strong',
      parts: [
        { kind: 'text', text: 'b ' },
        { kind: 'code', text: 'c' },
      ],
    },
    { kind: 'text', text: ' ' },
    { kind: 'emphasis', parts: [{ kind: 'text', text: 'd' }] },
    { kind: 'text', text: ' ' },
    { kind: 'link', to: 'f.md', parts: [{ kind: 'text', text: 'e' }] },
    { kind: 'text', text: ' * g' },
  ])
})
