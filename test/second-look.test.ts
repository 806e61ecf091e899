// The second look at a failed story (decision 0028): who gets one, that its result counts, and that it is
// named.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSecondLook } from '../scripts/lib/second-look.mjs'
import { createReport } from '../scripts/lib/test-report.mjs'

const passed = { kind: 'pass', name: 'held', isSuite: false }
const failed = { kind: 'fail', name: 'released', line: 7, text: 'Timeout', isConsequence: false }

function result(name: string, { lines = [passed, failed], fault = null as string | null } = {}) {
  return { name, lines, fault, output: '', ms: 1 }
}

test('two failed stories are looked at again; a third, a hanging one and every other test is not', () => {
  const again = createSecondLook()
  for (const name of [
    'test/dialogs/rules.test.ts',
    'packages/mail/src/address.test.ts',
    'test/crash/x.test.ts',
  ])
    assert.equal(again.takes(result(name)), false, name)
  assert.equal(again.takes(result('test/journeys/green.test.ts', { lines: [passed] })), false)
  assert.equal(again.takes(result('test/journeys/hangs.test.ts', { fault: 'did not end' })), false)
  assert.equal(again.takes(result('test/journeys/hold.test.ts')), true)
  assert.equal(again.takes(result('test/interop/acme.test.ts')), true)
  assert.equal(again.takes(result('test/journeys/share.test.ts')), false)
  assert.equal(again.files().length, 2)
})

test('what failed once is printed and named, and the second result alone is counted', () => {
  for (const [second, code, sum] of [
    [[passed, { ...failed, kind: 'pass' }], 0, '2 passed, 0 failed'],
    [[passed, failed], 1, '1 passed, 1 failed'],
  ] as const) {
    const printed: string[] = []
    const report = createReport({ print: (text: string) => void printed.push(text), strict: true })
    report.failedOnce(result('test/journeys/hold.test.ts'))
    report.file(result('test/journeys/hold.test.ts', { lines: [...second] }))
    assert.equal(report.finish(), code)
    const text = printed.join('\n')
    assert.match(text, /ONCE {2,}\S*test\/journeys\/hold\.test\.ts:7 {2}released/)
    assert.match(text, /Unsteady[^\n]+\n {2}test\/journeys\/hold\.test\.ts: released/)
    assert.equal(text.trimEnd().split('\n').at(-1), sum)
  }
})
