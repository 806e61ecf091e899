// Checks of what we depend on: exact versions, no registry addresses, and licences that allow what we do.
import type { SourceFile, Violation } from './source.ts'

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/

/** Licences of what ships. */
const licencesOfAll = [
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  '0BSD',
  'CC0-1.0',
  'CC-BY-4.0',
  'Unlicense',
  'OFL-1.1',
  'Python-2.0',
]
/** Tools that never ship may ask for their own changes back. */
const licencesOfTools = ['MPL-2.0']

/** Versions in package.json are exact: an update is a commit. */
export function exactVersions(file: SourceFile): Violation[] {
  if (!/(^|\/)package\.json$/.test(file.path)) return []
  const manifest = JSON.parse(file.text) as Record<string, unknown>
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
  return kinds.flatMap((kind) =>
    entriesOf(manifest[kind]).flatMap(([name, version]) => {
      if (typeof version === 'string' && EXACT.test(version)) return []
      return [
        { path: file.path, line: lineOf(file, `"${name}"`), message: `${name}: ${version} is not exact` },
      ]
    }),
  )
}

/** The lock file and .npmrc work with any registry: they name none. */
export function registryHosts(file: SourceFile): Violation[] {
  const isLock = file.path.endsWith('package-lock.json')
  if (!isLock && !/(^|\/)\.npmrc$/.test(file.path)) return []
  const names = isLock ? /"resolved": *"(?!packages\/)/ : /registry *=|\/\/[^/]+\/|_auth/i
  return file.lines.flatMap((text, index) => {
    if (!names.test(text) || text.includes('"link": true')) return []
    return [{ path: file.path, line: index + 1, message: 'no registry is named here' }]
  })
}

/** One package of the lock file, with the licence that its own package.json states (else the lock file's). */
export type LockedPackage = {
  readonly path: string
  readonly dev: boolean
  readonly licence: string | null
}

/** Packages of the lock file, without our own. `licenceOf` reads an installed package's licence. */
export function lockedPackages(
  lockText: string,
  licenceOf: (path: string) => string | null,
): LockedPackage[] {
  const { packages } = JSON.parse(lockText) as { packages: Record<string, Record<string, unknown>> }
  return Object.entries(packages).flatMap(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link === true) return []
    const stated = typeof entry.license === 'string' ? entry.license : null
    return [
      { path, dev: entry.dev === true || entry.devOptional === true, licence: licenceOf(path) ?? stated },
    ]
  })
}

/** Packages whose licence is not in the permitted set. */
export function licences(packages: readonly LockedPackage[]): Violation[] {
  return packages.flatMap(({ path, dev, licence }) => {
    const permitted = new Set(dev ? [...licencesOfAll, ...licencesOfTools] : licencesOfAll)
    if (licence !== null && isPermitted(licence, permitted)) return []
    return [{ path, line: 1, message: `licence ${licence ?? 'unknown'} is not in the permitted set` }]
  })
}

/** SPDX expressions: one of the terms of OR, every term of AND. */
function isPermitted(expression: string, permitted: ReadonlySet<string>): boolean {
  const terms = expression.replace(/[()]/g, '').split(/ OR /)
  return terms.some((term) => term.split(/ AND /).every((name) => permitted.has(name.trim())))
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function lineOf(file: SourceFile, text: string): number {
  return Math.max(1, file.lines.findIndex((line) => line.includes(text)) + 1)
}
