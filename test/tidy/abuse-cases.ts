// Every abuse case has a test that names it: the table of docs/internals/abuse-cases.md against the tests.
import { posix } from 'node:path'
import type { SourceFile, Violation } from './source.ts'

const PAGE = 'docs/internals/abuse-cases.md'
/** So many does the design count. */
const CASES = 76

/** Each number has a row, and each test of a row names the number. */
export function abuseCases(files: readonly SourceFile[]): Violation[] {
  const page = files.find(({ path }) => path === PAGE)
  if (page === undefined) return []
  const byPath = new Map(files.map((file) => [file.path, file]))
  const rows = page.lines.flatMap((text, index) => {
    const number = /^\| (\d{1,3}) \|/.exec(text)?.[1]
    return number === undefined ? [] : [{ number: Number(number), line: index + 1, text }]
  })
  const missing = Array.from({ length: CASES }, (_, at) => at + 1).filter(
    (number) => rows.filter((row) => row.number === number).length !== 1,
  )
  const violation = (line: number, message: string) => ({ path: PAGE, line, message })
  return [
    ...missing.map((number) => violation(1, `case ${number} has no row, or several`)),
    ...rows.flatMap(({ number, line, text }) => {
      const paths = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) =>
        posix.join(posix.dirname(PAGE), target),
      )
      if (paths.length === 0) return [violation(line, `case ${number} names no test`)]
      return paths
        .filter((path) => !namedIn(byPath.get(path)?.text ?? '').has(number))
        .map((path) => violation(line, `${path} does not name case ${number}`))
    }),
  ]
}

/** `case 5`, `abuse cases 29 to 34`, `abuse 19 and 21`: also where a comment goes on in its next line. */
function namedIn(text: string): ReadonlySet<number> {
  const joined = text.replace(/\n(?:\/\/|#) ?/g, ' ')
  const numbers = new Set<number>()
  for (const [, list = ''] of joined.matchAll(/\b(?:cases?|abuse) (\d+(?:(?:, | and | to )\d+)*)/gi)) {
    for (const [, from = '', to = from] of list.matchAll(/(\d+)(?: to (\d+))?/g)) {
      for (let number = Number(from); number <= Math.min(CASES, Number(to)); number++) numbers.add(number)
    }
  }
  return numbers
}
