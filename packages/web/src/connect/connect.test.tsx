// Connect's pure parts: stages of the MX change, the way back, instructions for each environment.
import { Environment } from '@gatepost/contract/common.ts'
import { stepNames } from '@gatepost/contract/connect.ts'
import { describe, expect, test } from 'vitest'
import { smartHostOf } from '#console/outbound/smart-host.ts'
import english from '#i18n/en/connect.json'
import type { Words } from '#i18n/i18n.ts'
import { check, connect } from '../../fixtures/connect.ts'
import { mx, routes } from '../../fixtures/organization.ts'
import { instructionsFor } from './instructions/instructions.ts'
import { plain } from './instructions/part.ts'
import { leftOf } from './left.ts'
import { leadOf } from './overview-page.tsx'
import { withoutTests } from './step-checks.tsx'
import { detailOf, stepSearchWords } from './step-words.ts'
import { stagesOf } from './steps/mx-stages.tsx'
import { zoneOf } from './steps/mx-way-back.tsx'

const values = { smartHost: 's1.gw.example', ports: [25, 587], domain: 'acme.example' }

describe('MX', () => {
  test('stages are read from what servers say', () => {
    expect(stagesOf(mx).map(({ name, line, done }) => [name, line, done])).toEqual([
      ['Gates', ['gatesLeft', { count: 1 }], false],
      ['Record published', ['servers', { found: 2, count: 3 }], false],
      ['First message', ['seen'], true],
      ['Old record gone', ['caches', { count: 1 }], false],
    ])
  })

  test('nothing is done while no server was asked', () => {
    const untouched = { ...mx, expected: [], firstInboundSeenAt: null, leftovers: [] }
    expect(stagesOf(untouched).map(({ done }) => done)).toEqual([false, false, false, false])
  })

  test('the way back is a zone-file line with one final dot', () => {
    expect(zoneOf({ before: [{ exchange: 'mail.acme.example.', preference: 5 }] })).toBe(
      '@ 300 IN MX 5 mail.acme.example.',
    )
  })
})

describe.each(Environment.options)('instructions for %s', (environment) => {
  test.each(['inbound', 'outbound'] as const)('%s names our host', (direction) => {
    const { steps, title } = instructionsFor(environment, direction, values)
    const all = steps.flat().map((part) => (part.kind === 'text' ? plain(part.text) : part.code))
    expect(title).not.toBe('')
    expect(all.join('\n')).toContain('s1.gw.example')
    expect(all.join('\n')).not.toContain('undefined')
  })
})

test('the smart host is split whichever way it is written', () => {
  expect(smartHostOf({ smartHost: 'h.example:2525', smartHostPorts: [2525, 587] })).toEqual({
    host: 'h.example',
    ports: [2525, 587],
  })
  expect(smartHostOf({ smartHost: 'h.example', smartHostPorts: [25] })).toEqual({
    host: 'h.example',
    ports: [25],
  })
})

test('every step can be found by search, also under its former name', () => {
  for (const name of stepNames) expect(stepSearchWords[name].label).not.toBe('')
  expect(stepSearchWords.outbound.alsoCalled).toContain('Gateway, Authorized outbounds')
  expect(stepSearchWords['add-users'].alsoCalled).toContain('Gateway, Add permitted users')
})

test('a step without words of the server says how long it takes', () => {
  const step = connect.steps.find(({ name }) => name === 'journaling')
  if (!step) throw new Error('fixtures list all steps')
  expect(detailOf(step, asGiven)).toBe('Optional, minutes')
})

/** Nothing is translated: what the code gives is shown. */
const asGiven = ((key: string, given: unknown) => (typeof given === 'string' ? given : key)) as Words

/** Words of the English catalogue, for what has no provider around it. */
function words(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const texts: Readonly<Record<string, unknown>> = english
  const text = texts[key] ?? texts[`${key}_${values.count === 1 ? 'one' : 'other'}`]
  return String(text).replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]))
}

test('what is left takes the minutes of its steps, and the lead says both', () => {
  expect(leftOf(connect).minutes).toBe(connect.minutesLeft)
  const steps = connect.steps.map((step) =>
    step.requirement !== 'mandatory' || step.name === 'outbound' ? step : { ...step, state: 'done' as const },
  )
  expect(leftOf({ steps })).toMatchObject({ minutes: 5, steps: [{ name: 'outbound' }] })
  expect(leadOf({ ...connect, steps }, words as never)).toBe(
    '1 required step is left: about 5 minutes of your time.',
  )
})

test('checks of the delivery test are left to the panel of its route', () => {
  const route = routes[0]
  if (!route?.lastTest) throw new Error('fixtures have a tested route')
  const own = [check('arrived', 'The test message arrived', 'not-run', 'After the tests pass')]
  const named = route.lastTest.checks.map((each) => ({ ...each, name: `${route.id} ${each.name}` }))
  expect(withoutTests([...route.lastTest.checks, ...own], routes)).toEqual(own)
  expect(withoutTests([...named, ...own], routes)).toEqual(own)
  expect(withoutTests(named, [])).toEqual(named)
})
