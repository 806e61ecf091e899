// Status words: every state has its icon and its word, also states that this console does not know yet.
import { CheckState, RecordState, StepState } from '@gatepost/contract/common.ts'
import { MessageStatus } from '@gatepost/contract/message.ts'
import { describe, expect, test } from 'vitest'
import { markupOf, wordsOf } from '../../fixtures/markup.tsx'
import { StatusWord } from './status-word.tsx'
import { type Family, type StateOf, statesOf, wordOf } from './vocabulary.ts'

const families: readonly Family[] = ['step', 'message', 'check', 'record', 'domain', 'policy']

describe.each(families)('%s', (family) => {
  test.each(statesOf(family))('%s is drawn with icon and word', (state) => {
    const markup = markupOf(<StatusWord of={family} state={state as StateOf<typeof family>} />)
    expect(wordsOf(markup)).toBe(wordOf(family, state).word)
    expect(markup).toContain('<svg')
    expect(markup).toContain('aria-hidden="true"')
  })
})

test.each([
  ['step', StepState.options],
  ['check', CheckState.options],
  ['record', RecordState.options],
  ['message', MessageStatus.options],
] as const)('the contract’s %s states all have words', (family, states) => {
  for (const state of states) expect(wordOf(family, state).word).not.toBe(state)
})

test('an unknown state is shown as it came', () => {
  expect(wordOf('message', 'constructor').word).toBe('constructor')
  expect(wordOf('message', 'teleported').word).toBe('teleported')
})

test('a pill keeps the word', () => {
  const markup = markupOf(<StatusWord of="step" state="needs-attention" pill />)
  expect(markup).toContain('data-pill="true"')
  expect(wordsOf(markup)).toBe('Needs attention')
})
