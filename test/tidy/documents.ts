// Checks of prose: links lead somewhere, nothing names a machine, and each RFC in the code has a line in the
// docs.
import { posix } from 'node:path'
import type { SourceFile, Violation } from './source.ts'

const SPECIFICATIONS = 'docs/internals/specifications.md'

/** Relative links in Markdown lead to a tracked file or folder, and `#…` to a heading of it. */
export function brokenLinks(files: readonly SourceFile[]): Violation[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const folders = new Set(files.flatMap(({ path }) => ancestorsOf(path)))
  return files
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap((file) =>
      linksOf(file).flatMap(({ target, line }) => {
        const [rawPath = '', anchor = ''] = target.split('#')
        const path = rawPath === '' ? file.path : posix.join(posix.dirname(file.path), decodeURI(rawPath))
        const clean = path.replace(/\/$/, '')
        const message = `the link ${target} leads nowhere`
        if (!byPath.has(clean) && !folders.has(clean)) return [{ path: file.path, line, message }]
        const page = byPath.get(clean)
        if (anchor === '' || page === undefined || headingsOf(page).has(anchor)) return []
        return [{ path: file.path, line, message }]
      }),
    )
}

/** Paths that exist on one machine only. Assembled here so that this file holds none. */
const machinePaths = new RegExp(`(^|[^\\w./-])(/${'work'}/|/tmp/${'gp'}\\b|/home/\\w+/|/Users/\\w+/)`)

export function machineNames(file: SourceFile): Violation[] {
  return file.lines.flatMap((text, index) => {
    if (!machinePaths.test(text)) return []
    return [{ path: file.path, line: index + 1, message: 'this path exists on one machine only' }]
  })
}

/** Every RFC that shipped code cites is in the table of specifications, where deviations are told. */
export function unlistedRfcs(files: readonly SourceFile[]): Violation[] {
  const listed = files.find(({ path }) => path === SPECIFICATIONS)?.text ?? ''
  const known = new Set(rfcsOf(listed))
  return files
    .filter(({ path }) => /^packages\/[^/]+\/src\//.test(path))
    .flatMap(({ path, lines }) =>
      lines.flatMap((text, index) => {
        const unknown = rfcsOf(text).filter((number) => !known.has(number))
        const message = `RFC ${unknown.join(', ')} is not in ${SPECIFICATIONS}`
        return unknown.length === 0 ? [] : [{ path, line: index + 1, message }]
      }),
    )
}

const rfcsOf = (text: string) => [...text.matchAll(/\bRFC (\d{3,5})\b/g)].map(([, number = '']) => number)

function linksOf(file: SourceFile): { target: string; line: number }[] {
  let fenced = false
  return file.lines.flatMap((text, index) => {
    if (text.startsWith('```')) fenced = !fenced
    if (fenced) return []
    const targets = [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(
      ([, target = '']) => target,
    )
    const ours = targets.filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
    return ours.map((target) => ({ target, line: index + 1 }))
  })
}

/** Anchors as the usual renderers of Markdown make them. */
function headingsOf(file: SourceFile): Set<string> {
  const headings = file.lines.filter((line) => /^#{1,6} /.test(line))
  return new Set(headings.map((line) => anchorOf(line.replace(/^#+ /, ''))))
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replace(/ /g, '-')
}

function ancestorsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}
