// Keeps the house in order: STYLE.md and the walls of docs/internals/architecture.md, checked over every
// tracked file.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { licences, lockedPackages } from './tidy/manifests.ts'
import { fileRules, offences, treeOffences, treeRules } from './tidy/offences.ts'
import { sourceOf, trackedFiles, type Violation } from './tidy/source.ts'

const root = resolve(import.meta.dirname, '..')

const print = ({ path, line, message }: Violation) => `${path}:${line}: ${message}`

/** Fails with one line a violation, which reads better than a comparison of lists. */
function expectNone(violations: readonly Violation[]): void {
  if (violations.length > 0) assert.fail(violations.map(print).join('\n'))
}

describe('the rules can fail', () => {
  for (const [rule, path, bad, good] of offences) {
    test(`${rule.name}: ${bad.trim().slice(0, 60).replace(/\n/g, ' ')}`, () => {
      assert.notDeepEqual(rule(sourceOf(path, bad)), [], 'the offending text passed')
      assert.deepEqual(rule(sourceOf(path, good)).map(print), [], 'the proper text was refused')
    })
  }
  for (const [rule, bad, good] of treeOffences) {
    test(`${rule.name}, over several files: ${bad[0]?.text}`, () => {
      assert.notDeepEqual(rule(bad), [])
      assert.deepEqual(rule(good).map(print), [])
    })
  }
  test('every rule has an offence', () => {
    const tried = new Set([
      ...offences.map(([rule]) => rule.name),
      ...treeOffences.map(([rule]) => rule.name),
    ])
    const untried = [...fileRules, ...treeRules].filter(({ name }) => !tried.has(name))
    assert.deepEqual(untried, [])
  })
  test('licences outside the set are found, and tools may be MPL', () => {
    const entry = (licence: string | null, dev: boolean) => [{ path: 'node_modules/a', dev, licence }]
    const refused = [
      entry('GPL-3.0', true),
      entry('MPL-2.0', false),
      entry(null, false),
      entry('MIT AND EUPL-1.2', false),
    ]
    for (const packages of refused) assert.equal(licences(packages).length, 1)
    const fine = [entry('MPL-2.0', true), entry('(MIT OR EUPL-1.2)', false), entry('MIT AND ISC', false)]
    for (const packages of fine) assert.deepEqual(licences(packages), [])
  })
})

describe('the tree keeps the rules', () => {
  const files = trackedFiles(root)
  test('git tracks files here', () => assert.ok(files.length > 20, 'run this in a clone made by git'))
  for (const rule of fileRules) {
    test(rule.name, () => expectNone(files.flatMap(rule)))
  }
  for (const rule of treeRules) {
    test(rule.name, () => expectNone(rule(files)))
  }
  test('licences', (t) => {
    const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
    const packages = lockedPackages(lock, licenceOf)
    expectNone(licences(packages))
    const shipped = packages.filter(({ dev }) => !dev)
    t.diagnostic(`${shipped.length} packages at run time, ${packages.length - shipped.length} for tools`)
  })
})

/** What an installed package says of itself; null where it is for another system and so not installed. */
function licenceOf(path: string): string | null {
  const file = join(root, path, 'package.json')
  if (!existsSync(file)) return null
  const { license } = JSON.parse(readFileSync(file, 'utf8')) as { license?: string | { type: string } }
  return typeof license === 'object' ? license.type : (license ?? null)
}
