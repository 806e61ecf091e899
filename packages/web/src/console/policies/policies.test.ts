// Drafts that the forms begin with are what the API takes, and old addresses lose only what is wrong in them.
import { PolicyDraft } from '@gatepost/contract/policy.ts'
import { describe, expect, test } from 'vitest'
import english from '#i18n/en/policies.json'
import { wordsOf } from '../../../fixtures/words.ts'
import { NewPolicySearch, PolicySearch, policyTypes } from './policy-search.ts'
import { emptyDraft, typeWord } from './type-words.ts'

const words = wordsOf(english)

describe.each(policyTypes)('%s', (type) => {
  test('an empty draft lacks a name and nothing else, but for a route that only a person can choose', () => {
    const lacks = type === 'delivery-route' ? ['name', 'option/routeId'] : ['name']
    const parsed = PolicyDraft.safeParse(emptyDraft(type))
    expect(parsed.error?.issues.map(({ path }) => path.join('/')).sort()).toEqual(lacks)
    if (type === 'delivery-route') return
    expect(PolicyDraft.parse({ ...emptyDraft(type), name: 'x' })).toEqual({ ...emptyDraft(type), name: 'x' })
  })

  test('has words for the form and the empty list', () => {
    const { name, does, never, add } = typeWord(type, words)
    expect(does).toMatch(/\.$/)
    expect(never ?? '.').toMatch(/\.$/)
    expect([name, add].filter((text) => text.startsWith('type.'))).toEqual([])
  })
})

test('an address with a foreign type keeps its search', () => {
  expect(PolicySearch.parse({ type: 'spam', search: 'acme' })).toEqual({ search: 'acme' })
  expect(NewPolicySearch.parse({ type: 'greylisting', draft: { any: 1 } })).toEqual({
    type: 'greylisting',
    draft: { any: 1 },
  })
})
