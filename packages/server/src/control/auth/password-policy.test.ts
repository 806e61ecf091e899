// What passwords are refused and why, as a table.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultPasswordRules } from '@gatepost/contract/password.ts'
import { checkPassword } from './password-policy.ts'

const context = {
  email: 'maya.okafor@acme.example',
  name: 'Maya Okafor',
  organisation: ['Acme Trading', 'acme.example', 'acmetrading.example'],
}

const cases: readonly (readonly [string, RegExp | null])[] = [
  ['correct horse battery', null],
  ['Gatepost-Passwort-2026', null],
  ['short', /at least 12 characters; this one has 5/],
  ['x'.repeat(201), /at most 200/],
  ['password12345678', /common/],
  ['Pa$$w0rd!!!!2026', /common/],
  ['aaaaaaaaaaaaaa', /common/],
  ['abcabcabcabcabc', /common/],
  ['abcdefghijklmnop', /common/],
  ['123456789012', /common/],
  ['AcmeTrading2026!', /“acmetrading”/],
  ['maya.okafor1234', /“mayaokafor”|“okafor”/],
  ['we sell acme anvils on weekdays only', null],
  ['Zürich im Regen', null],
  ['🐘🐘🦒🦒🐊🐊🦓🦓🦛🦛🐆🐆', /common/],
]

test('passwords are refused for what a guesser tries first, and for nothing else', () => {
  for (const [password, expected] of cases) {
    const faults = checkPassword(password, defaultPasswordRules, context).join(' ')
    if (expected === null) assert.equal(faults, '', password)
    else assert.match(faults, expected, password)
  }
})

test('kinds of characters count where an organisation asks for them', () => {
  const rules = { ...defaultPasswordRules, classes: 3 }
  assert.match(checkPassword('correcthorsebattery', rules, context).join(), /at least 3 of/)
  assert.match(checkPassword('correct horse battery', rules, context).join(), /at least 3 of/)
  assert.deepEqual(checkPassword('Correct horse battery', rules, context), [])
  assert.deepEqual(checkPassword('correct7horse7Battery', rules, context), [])
})
