// Checks imports against import-rules.ts: planes stay apart, calculation stays pure, npm packages stay in
// their files.
import { posix } from 'node:path'
import {
  compositionRoots,
  controlPlane,
  dataPlane,
  npmPackages,
  ownPackages,
  pure,
  serverFolders,
} from './import-rules.ts'
import { type Import, importsOf, type SourceFile, type Violation } from './source.ts'

const ships = ({ path }: SourceFile) =>
  /^packages\/[^/]+\//.test(path) && !/\.(test|fixture)\.tsx?$/.test(path)

/** Every import of a shipped file goes where the table allows. */
export function importWalls(file: SourceFile): Violation[] {
  if (!ships(file)) return []
  return importsOf(file).flatMap((found) => {
    const message = faultOf(file.path, found)
    return message === null ? [] : [{ path: file.path, line: found.line, message }]
  })
}

/** Packages that are wrapped in one file are imported by one file. */
export function wrappedOnce(files: readonly SourceFile[]): Violation[] {
  return npmPackages.flatMap(({ name, filesMax }) => {
    const users = files.filter((file) => {
      return ships(file) && importsOf(file).some(({ specifier }) => name.test(packageOf(specifier)))
    })
    if (filesMax === undefined || users.length <= filesMax) return []
    return users.map(({ path }) => ({ path, line: 1, message: `${name.source} is wrapped in one file` }))
  })
}

function faultOf(path: string, found: Import): string | null {
  const { specifier } = found
  if (specifier.startsWith('node:')) {
    return pure.test(path) ? 'this part only calculates: nothing of Node here' : null
  }
  const target = targetOf(path, specifier)
  if (target === null) return npmFault(path, specifier)
  if (target.package !== packageNameOf(path)) return packageFault(path, target.package)
  if (packageNameOf(path) !== 'server') return null
  if (specifier.startsWith('../') && target.folder !== folderOf(path)) {
    return `import other folders as #${target.folder}/…`
  }
  return folderFault(folderOf(path), target.folder, found.typeOnly)
}

function folderFault(from: string, to: string, typeOnly: boolean): string | null {
  if (from === to || compositionRoots.has(from)) return null
  if (compositionRoots.has(to)) return `${to} puts others together; nobody imports it`
  if (dataPlane.includes(from) && controlPlane.includes(to))
    return 'the data plane never imports the control plane'
  if (controlPlane.includes(from) && dataPlane.includes(to))
    return 'the control plane never imports the data plane'
  const rule = serverFolders.get(from)
  if (rule === undefined) return `the folder ${from} has no line in test/tidy/import-rules.ts`
  if (rule.may.includes(to) || (typeOnly && rule.types?.includes(to) === true)) return null
  return `${from} may not import ${to}`
}

function packageFault(path: string, to: string): string | null {
  const from = packageNameOf(path)
  if (ownPackages.get(from)?.includes(to) !== true) return `the package ${from} may not import ${to}`
  const folder = folderOf(path)
  if (from !== 'server' || compositionRoots.has(folder)) return null
  const rule = serverFolders.get(folder)
  const allowed = [...(rule?.may ?? []), ...(rule?.types ?? [])].includes(`@${to}`)
  return allowed ? null : `${folder} may not import the package ${to}`
}

function npmFault(path: string, specifier: string): string | null {
  const name = packageOf(specifier)
  const rule = npmPackages.find((candidate) => candidate.name.test(name))
  if (rule === undefined) return `${name} has no line in test/tidy/import-rules.ts`
  return rule.where.test(path) ? null : `${name} is not used here; import-rules.ts says where`
}

/** Which of our packages and folders a specifier means; null for npm's. */
function targetOf(path: string, specifier: string): { package: string; folder: string } | null {
  if (specifier.startsWith('@gatepost/')) {
    return { package: specifier.split('/')[1] ?? '', folder: '' }
  }
  if (specifier.startsWith('#')) {
    return { package: packageNameOf(path), folder: specifier.slice(1).split('/')[0] ?? '' }
  }
  if (!specifier.startsWith('.')) return null
  const resolved = posix.join(posix.dirname(path), specifier)
  return { package: packageNameOf(resolved), folder: folderOf(resolved) }
}

/** `packages/server/src/edge/x.ts` → `server`. */
const packageNameOf = (path: string) => path.split('/')[1] ?? ''

/** `packages/server/src/edge/commands/x.ts` → `edge`; a file directly in src is its own folder. */
const folderOf = (path: string) => path.split('/')[3] ?? ''

/** `@mantine/core/styles.css` → `@mantine/core`, `mailauth/lib/spf` → `mailauth`. */
function packageOf(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '')
}
