// Made-up files that break each rule, and ones that keep it: so that a check which can no longer fail is
// noticed.
import { abuseCases } from './abuse-cases.ts'
import * as banned from './banned.ts'
import { brokenLinks, machineNames, unlistedRfcs } from './documents.ts'
import { importWalls, wrappedOnce } from './imports.ts'
import { exactVersions, registryHosts } from './manifests.ts'
import * as shape from './shape.ts'
import { type SourceFile, sourceOf, type Violation } from './source.ts'

/** A rule that looks at one file, and one that looks at all. */
export const fileRules: readonly ((file: SourceFile) => Violation[])[] = [
  shape.fileLength,
  shape.lineLength,
  shape.firstLine,
  shape.functionLength,
  banned.clock,
  banned.environment,
  banned.modules,
  banned.printing,
  banned.shell,
  banned.defaultExports,
  banned.barrels,
  banned.erasable,
  banned.loneTests,
  banned.notesToSelf,
  importWalls,
  machineNames,
  exactVersions,
  registryHosts,
]
export const treeRules: readonly ((files: readonly SourceFile[]) => Violation[])[] = [
  wrappedOnce,
  brokenLinks,
  unlistedRfcs,
  abuseCases,
]

/** `[rule, path, text that breaks it, text that keeps it]` */
type Offence = readonly [(file: SourceFile) => Violation[], string, string, string]

const EDGE = 'packages/server/src/edge/x.ts'
const body = (lines: number) => `// why\nfunction f() {\n${'  g()\n'.repeat(lines)}}\n`
const key = (name: string) => `{ "dependencies": { "a": "${name}" } }`

export const offences: readonly Offence[] = [
  [shape.fileLength, 'test/x.ts', `// why\n${'a()\n'.repeat(400)}`, `// why\n${'a()\n'.repeat(399)}`],
  [shape.lineLength, 'test/x.ts', `a(${'b, '.repeat(40)})`, `a('${'b, '.repeat(40)}')`],
  [shape.lineLength, 'test/x.ts', `a('${'b, '.repeat(50)}')`, 'a()'],
  [shape.lineLength, 'test/x.ts', `// it's ${'b, '.repeat(40)}`, `const a = \`\n${'b '.repeat(65)}\``],
  [shape.firstLine, EDGE, 'const a = 1\n', '// Why this exists.\nconst a = 1\n'],
  [shape.functionLength, EDGE, body(70), body(68)],
  [shape.functionLength, 'packages/web/src/x.tsx', body(120), body(118)],
  [
    shape.functionLength,
    'test/x.test.ts',
    `test('a', () => {${'\n'.repeat(121)}})`,
    `describe('a', () => {${'\n'.repeat(121)}})`,
  ],
  [banned.clock, EDGE, 'const t = Date.now()', 'const t = clock.now()'],
  [banned.clock, EDGE, 'const t = new Date()', 'const t = new Date(at)'],
  [banned.clock, 'packages/web/src/app/x.tsx', 'const t = Date.now', 'const t = useNow()'],
  [banned.environment, EDGE, 'const a = process.env.HOME', 'const a = process.pid'],
  [banned.modules, EDGE, "import { readFile } from 'node:fs/promises'", "import { join } from 'node:path'"],
  [banned.modules, EDGE, "const { Resolver } = await import('node:dns')", "await import('node:net')"],
  [banned.printing, EDGE, "console.log('x')", "emit('edge.session.opened')"],
  [
    banned.shell,
    EDGE,
    "import { exec } from 'node:child_process'",
    "import { spawn } from 'node:child_process'",
  ],
  [banned.shell, EDGE, "import * as child from 'node:child_process'", 'database.exec(sql)'],
  [banned.shell, 'test/x.ts', 'spawn(a, [], { shell: true })', 'spawn(a, [], { shell: false })'],
  [banned.defaultExports, EDGE, 'export default function f() {}', 'export function f() {}'],
  [banned.barrels, EDGE, "export * from './y.ts'", "export { y } from './y.ts'"],
  [banned.erasable, EDGE, 'enum A { b }', "type A = 'b'"],
  [banned.erasable, EDGE, 'namespace A { export const b = 1 }', 'const A = { b: 1 }'],
  [banned.loneTests, 'test/x.test.ts', "test.only('a', () => {})", "test('test.only', () => {})"],
  [banned.notesToSelf, EDGE, `// ${'TO'}${'DO'}: later`, '// Later, when it matters.'],
  [importWalls, EDGE, "import { x } from '#control/x.ts'", "import { x } from '#spool/x.ts'"],
  [
    importWalls,
    'packages/server/src/http/x.ts',
    "import { x } from '#spool/x.ts'",
    "import { x } from '#control/x.ts'",
  ],
  [
    importWalls,
    'packages/server/src/policy/x.ts',
    "import net from 'node:net'",
    "import { x } from './y.ts'",
  ],
  [
    importWalls,
    'packages/server/src/spool/x.ts',
    "import { x } from '#policy/x.ts'",
    "import type { X } from '#policy/x.ts'",
  ],
  [
    importWalls,
    'packages/server/src/edge/commands/x.ts',
    "import { x } from '../../spool/x.ts'",
    "import { x } from '../session.ts'",
  ],
  [importWalls, EDGE, "import { x } from '#cli/x.ts'", "import { x } from '#edge/y.ts'"],
  [importWalls, EDGE, "import { x } from '#misc/x.ts'", "import { x } from '#events/x.ts'"],
  [
    importWalls,
    EDGE,
    "import { x } from '@gatepost/contract/x.ts'",
    "import { x } from '@gatepost/mail/x.ts'",
  ],
  [
    importWalls,
    'packages/mail/src/x.ts',
    "import { x } from '@gatepost/contract/x.ts'",
    "import { x } from './y.ts'",
  ],
  [
    importWalls,
    'packages/web/src/app/x.ts',
    "import { x } from '@gatepost/server/x.ts'",
    "import { x } from '@gatepost/mail/x.ts'",
  ],
  [importWalls, EDGE, "import { Hono } from 'hono'", "import { connect } from 'node:net'"],
  [importWalls, EDGE, "import left from 'left-pad'", "import { x } from '#link/x.ts'"],
  [machineNames, 'docs/x.md', `see /${'work'}/main`, 'see packages/work/main'],
  [exactVersions, 'package.json', key('^1.2.3'), key('1.2.3')],
  [registryHosts, '.npmrc', 'registry=https://registry.example/', 'fund=false'],
  [
    registryHosts,
    'package-lock.json',
    '"resolved": "https://registry.example/a.tgz"',
    '"resolved": "packages/mail"',
  ],
]

/** `[rule, files that break it, files that keep it]` */
type TreeOffence = readonly [(files: readonly SourceFile[]) => Violation[], SourceFile[], SourceFile[]]

const pg = (name: string) => sourceOf(`packages/server/src/store/${name}.ts`, "import { Pool } from 'pg'")
const page = sourceOf('docs/b.md', '# Some title\n')
const cites = sourceOf(EDGE, '// RFC 5321 §3')
const lists = (text: string) => sourceOf('docs/internals/specifications.md', text)

const cases = (count: number) =>
  sourceOf(
    'docs/internals/abuse-cases.md',
    Array.from({ length: count }, (_, at) => `| ${at + 1} | x | [x](../../test/x.test.ts) |`).join('\n'),
  )
const names = sourceOf('test/x.test.ts', '// Abuse cases 1, 2 and 3 and\n// 4 to 76.')

export const treeOffences: readonly TreeOffence[] = [
  [wrappedOnce, [pg('open'), pg('pool')], [pg('open')]],
  [
    brokenLinks,
    [sourceOf('docs/a.md', '[b](c.md)'), page],
    [sourceOf('docs/a.md', '[b](b.md#some-title)'), page],
  ],
  [
    brokenLinks,
    [sourceOf('docs/a.md', '[b](b.md#other)'), page],
    [sourceOf('docs/a.md', '[b](https://b.example/)'), page],
  ],
  [unlistedRfcs, [cites, lists('RFC 5322')], [cites, lists('| RFC 5321 | x |')]],
  [abuseCases, [names, cases(75)], [names, cases(76)]],
  [abuseCases, [sourceOf('test/x.test.ts', '// Abuse cases 1 to 75.'), cases(76)], [names, cases(76)]],
]
