// What may be called where: clocks, files, names and the environment enter by a few doors, so that tests can
// stand in them.
import {
  importsOf,
  isMember,
  isNode,
  type Node,
  nameOf,
  type SourceFile,
  type Violation,
  violationsWhere,
} from './source.ts'

/** Code that ships. Tests and their fixtures, scripts and benches may do as they like. */
const ships = ({ path }: SourceFile) =>
  /^packages\/[^/]+\/src\//.test(path) && !/\.(test|fixture)\.tsx?$/.test(path)

/** One pattern of several. */
function either(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'))
}

/** The doors: who may touch what. */
const doors = {
  clock: either(
    /^packages\/server\/src\/(platform|boot)\//,
    /^packages\/(sandbox|directory-agent|contacts-export)\/src\/platform/,
    /^packages\/web\/src\/shared\/now\.ts/,
  ),
  environment: either(
    /^packages\/server\/src\/((platform|boot)\/|main\.ts)/,
    /^packages\/(sandbox\/src\/(main|platform)|(directory-agent|contacts-export)\/src\/platform)/,
  ),
  files: either(
    /^packages\/server\/src\/(platform|boot|spool)\//,
    /^packages\/(sandbox|directory-agent|contacts-export)\/src\/platform/,
  ),
  names: /^packages\/(server\/src\/platform\/|(sandbox|directory-agent|contacts-export)\/src\/platform)/,
  console: either(
    /^packages\/server\/src\/((cli|supervisor)\/|main\.ts)/,
    /^packages\/(sandbox\/src\/|(directory-agent|contacts-export)\/src\/(main|platform))/,
  ),
} as const

const outside = (file: SourceFile, door: RegExp) => ships(file) && !door.test(file.path)

/** `Date.now` and `new Date()` only behind the clock. */
export function clock(file: SourceFile): Violation[] {
  if (!outside(file, doors.clock)) return []
  return violationsWhere(file, 'the time comes in as an argument (platform/clock.ts)', (node) => {
    if (isMember(node, 'Date', 'now')) return true
    return node.type === 'NewExpression' && nameOf(node.callee) === 'Date' && isEmpty(node.arguments)
  })
}

/** `process.env` only in boot and platform. */
export function environment(file: SourceFile): Violation[] {
  if (!outside(file, doors.environment)) return []
  const message = 'settings come from the boot configuration, not from the environment'
  return violationsWhere(file, message, (node) => isMember(node, 'process', 'env'))
}

/** Files only in platform, boot and spool; DNS only in platform. */
export function modules(file: SourceFile): Violation[] {
  return importsOf(file).flatMap(({ specifier, line }) => {
    const name = specifier.replace(/^node:/, '').split('/')[0]
    if (name === 'fs' && outside(file, doors.files)) {
      return [{ path: file.path, line, message: 'files are reached through platform/files.ts' }]
    }
    if (name === 'dns' && outside(file, doors.names)) {
      return [{ path: file.path, line, message: 'names are looked up through platform/dns.ts' }]
    }
    return []
  })
}

/** The console belongs to the command line; everything else emits events. */
export function printing(file: SourceFile): Violation[] {
  if (!outside(file, doors.console)) return []
  const message = 'say it by an event (events/catalogue.ts) instead of the console'
  return violationsWhere(file, message, (node) => isMember(node, 'console'))
}

/** No shell: neither `exec` nor `shell: true`. */
export function shell(file: SourceFile): Violation[] {
  const message = 'programs are started without a shell (spawn or execFile)'
  const imports = importsOf(file).filter(({ specifier, node, names }) => {
    if (specifier !== 'node:child_process' && specifier !== 'child_process') return false
    const whole = nodesOf(node.specifiers).some(({ type }) => type !== 'ImportSpecifier')
    return whole || names.includes('exec') || names.includes('execSync')
  })
  const options = violationsWhere(file, message, (node) => {
    return (
      node.type === 'Property' &&
      nameOf(node.key) === 'shell' &&
      isNode(node.value) &&
      node.value.value === true
    )
  })
  return [...imports.map(({ line }) => ({ path: file.path, line, message })), ...options]
}

/** Default exports hide names; only tools that ask for one get it. */
export function defaultExports(file: SourceFile): Violation[] {
  const asked = /(^|\/)(vite|vitest)\.config\.ts$|^scripts\/lib\/test-events\.mjs$/
  if (asked.test(file.path)) return []
  return violationsWhere(file, 'export by name', ({ type }) => type === 'ExportDefaultDeclaration')
}

/** Barrels make every import a guess. */
export function barrels(file: SourceFile): Violation[] {
  const message = 'import from the file that defines it; no barrels'
  return violationsWhere(file, message, ({ type }) => type === 'ExportAllDeclaration')
}

/** Node strips types only; enums and namespaces are code. */
export function erasable(file: SourceFile): Violation[] {
  return violationsWhere(file, 'use a union of literals; enums and namespaces cannot be erased', (node) => {
    return (
      node.type === 'TSEnumDeclaration' || (node.type === 'TSModuleDeclaration' && node.kind === 'namespace')
    )
  })
}

/** A lone test silences all others. */
export function loneTests(file: SourceFile): Violation[] {
  const runners = /^(test|it|describe|suite)$/
  return violationsWhere(file, 'run all tests, not only this one', (node) => {
    if (node.type !== 'CallExpression' || !isNode(node.callee)) return false
    const { object, property } = node.callee
    return nameOf(property) === 'only' && runners.test(nameOf(object))
  })
}

/** Notes to self belong into an issue. Assembled here so that this file holds none. */
const notes = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`)

export function notesToSelf(file: SourceFile): Violation[] {
  if (!/\.(ts|tsx|mjs|css|html|toml)$/.test(file.path)) return []
  return file.lines.flatMap((text, index) => {
    if (!notes.test(text)) return []
    return [{ path: file.path, line: index + 1, message: 'write an issue instead of a note in the code' }]
  })
}

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0

const nodesOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : [])
