// Abuse cases that are about the whole tree rather than one part of it: programs and shells (8), regular
// expressions (21), and what is installed (73).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { shell } from './tidy/banned.ts'
import { expressionsOf, slowUnit } from './tidy/expressions.ts'
import { importsOf, trackedFiles } from './tidy/source.ts'

const root = resolve(import.meta.dirname, '..')
const shipped = trackedFiles(root, /^packages\/(?!web\/)[^/]+\/src\/(?!.*\.(test|fixture)\.ts$)/)

/** Who starts programs at all, and why no octet of a message reaches one. */
const STARTERS = new Map([
  ['packages/sandbox/src/gateway-process.ts', 'the gateway itself, by the sandbox'],
  ['packages/sandbox/src/platform.ts', 'the name of the system, by the sandbox'],
  ['packages/server/src/platform/agent-programs.ts', 'packs the agent with fixed arguments, by an operator'],
  ['packages/server/src/supervisor/children.ts', 'our own roles, by fork'],
])

/** Who runs a text as a program: one constant text, which asks V8 for its collector. */
const EVALUATORS = new Map([
  ['packages/server/src/platform/calm-heap.ts', ["vm.runInNewContext('globalThis.gc ?? null')"]],
])

test('case 8: no shell anywhere, and no new place that starts programs', () => {
  assert.deepEqual(shipped.flatMap(shell), [])
  const starters = shipped
    .filter((file) => importsOf(file).some(({ specifier }) => specifier.endsWith('child_process')))
    .map(({ path }) => path)
  assert.deepEqual(starters.toSorted(), [...STARTERS.keys()])
  // Other ways to run what a text says.
  const evaluated = shipped.filter(({ text }) => /\beval\(|\bnew Function\(|node:vm['"]/.test(text))
  const calls = evaluated.map(
    ({ path, text }) => [path, text.match(/\bvm\.[^\n]*?\)|\beval\(|\bnew Function\(/g)] as const,
  )
  assert.deepEqual(new Map(calls), EVALUATORS)
})

test('case 21: expressions that are known to be slow are found', { timeout: 300_000 }, () => {
  for (const [pattern, flags] of [
    ['^(a+)+$', ''],
    ['\\s+$', ''],
    ['\\S+@\\S+', 'g'],
    ['<a[^>]*>.*<\\/a>', ''],
  ] as const) {
    assert.notEqual(slowUnit({ pattern, flags }, { limitMs: 300, tries: 1 }), null, pattern)
  }
})

test('case 21: every regular expression copes with 100 KB made against it', {
  timeout: 600_000,
}, (context) => {
  const all = new Map(
    shipped.flatMap(expressionsOf).map((one) => [`/${one.pattern}/${one.flags}`, one] as const),
  )
  assert.ok(all.size > 400, `${all.size} expressions`)
  context.diagnostic(`${all.size} expressions`)
  const slow = [...all].flatMap(([shown, one]) => {
    const unit = slowUnit(one)
    return unit === null ? [] : [`${one.path}:${one.line}: ${shown} with ${JSON.stringify(unit)}`]
  })
  assert.deepEqual(slow, [])
})

type Locked = {
  readonly integrity?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly hasInstallScript?: boolean
}

/** Packages that would run something at installation; `npm ci` is told to run nothing. */
const INSTALL_SCRIPTS = ['node_modules/esbuild']

test('case 73: all that is installed has its check sum, and nothing runs at installation', (context) => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: { readonly [path: string]: Locked }
  }
  const foreign = Object.entries(packages).filter(
    ([path, { link }]) => path.includes('node_modules/') && link !== true,
  )
  assert.deepEqual(
    foreign.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([path]) => path),
    [],
  )
  const scripted = foreign.filter(([, { hasInstallScript }]) => hasInstallScript === true)
  assert.deepEqual(
    scripted.map(([path]) => path),
    INSTALL_SCRIPTS,
  )
  const installer = readFileSync(join(root, 'scripts/lib/install.mjs'), 'utf8')
  assert.match(installer, /'ci', '--ignore-scripts'/)
  const running = foreign.filter(([, { dev, devOptional }]) => !dev && !devOptional)
  context.diagnostic(`${running.length} packages at run time, ${foreign.length - running.length} for tools`)
})
