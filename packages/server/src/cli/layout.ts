// Plain text for people: tables, facts by name, checks and DNS records. Control characters never reach the
// terminal.
import type { Check, DnsRecord } from '@gatepost/contract/common.ts'
import { timeOf, wordOf } from './words.ts'

/** Columns under their heads, or `empty` where there are no rows. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return `${empty}\n`
  const clean = [heads, ...rows].map((row) => row.map(plain))
  const widths = heads.map((_, column) => Math.max(...clean.map((row) => (row[column] ?? '').length)))
  return lines(clean.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')))
}

/** `Name  value`, one a line; null values are left out. */
export function facts(rows: readonly (readonly [string, string | null])[]): string {
  const shown = rows.filter(([, value]) => value !== null)
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return lines(shown.map(([name, value]) => `${name.padEnd(width)}  ${plain(value ?? '')}`))
}

/** Each check with its state, what we saw, and what to do. */
export function checkList(checks: readonly Check[]): string {
  const width = Math.max(0, ...checks.map(({ state }) => wordOf(state).length))
  const indent = ' '.repeat(width + 2)
  return lines(
    checks.flatMap(({ state, title, saw, remedy }) => [
      `${wordOf(state).padEnd(width)}  ${plain(title)}`,
      ...(saw ? [`${indent}${plain(saw)}`] : []),
      ...(remedy ? [`${indent}What to do: ${plain(remedy)}`] : []),
    ]),
  )
}

/** DNS records to publish, each with what we see beside what we expect. */
export function recordList(records: readonly DnsRecord[]): string {
  return records
    .map(({ purpose, type, name, value, priority, ttl, state, weSee, weExpect, servers }) =>
      [
        `${plain(purpose)}: ${wordOf(state)}\n`,
        indented(
          facts([
            ['Type', type],
            ['Name', name],
            ['Priority', priority === null ? null : String(priority)],
            ['Value', value],
            ['TTL', `${ttl} s`],
            ['We see', weSee],
            ['We expect', weExpect],
          ]),
        ),
        ...servers.map((at) =>
          indented(
            `${at.server} (${at.view}): ${wordOf(at.state)}${at.values.length > 0 ? `: ${at.values.map(plain).join(', ')}` : ''}\n`,
          ),
        ),
      ].join(''),
    )
    .join('\n')
}

/** When something was looked at, and when it is next. */
export function checkedLine(checkedAt: number | null, nextCheckAt: number | null): string {
  const next = nextCheckAt === null ? '' : ` Next check: ${timeOf(nextCheckAt)}.`
  return `Last check: ${checkedAt === null ? 'none yet' : timeOf(checkedAt)}.${next}\n`
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ')
}

/** Subjects and remote replies come from strangers: escape sequences must not reach a terminal. */
export function plain(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
}

function lines(rows: readonly string[]): string {
  return rows.map((row) => `${row.trimEnd()}\n`).join('')
}
