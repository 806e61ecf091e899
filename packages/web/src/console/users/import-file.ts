// The files of an import: the template to start from, and the rows to mend as a CSV of their own.
import type { RowError } from '@gatepost/contract/user.ts'

export const template = [
  'email,name,aliases',
  'maya.okafor@acme.example,Maya Okafor,maya@acme.example',
  'leo.brandt@acme.example,Leo Brandt,leo@acme.example;sales@acme.example',
  '',
].join('\r\n')

/** The wrong rows with line, column, text and reason, for a spreadsheet. */
export function errorsCsv(errors: readonly RowError[]): string {
  const rows = errors.map(({ line, column, text, reason }) => [String(line), column, text, reason])
  return [['line', 'column', 'text', 'reason'], ...rows].map((row) => row.map(quoted).join(',')).join('\r\n')
}

/** Quotes a cell; a leading formula sign gets an apostrophe, so that spreadsheets don't run it. */
function quoted(cell: string): string {
  const harmless = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return `"${harmless.replaceAll('"', '""')}"`
}
