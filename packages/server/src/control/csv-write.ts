// Writes CSV that people open in spreadsheets: quoted where it must be (RFC 4180), and never a formula.

/** Spreadsheets take UTF-8 for what it is only after this. */
export const BYTE_ORDER_MARK = '\u{feff}'

/** Would be run as a formula; behind a semicolon too, where that is what parts the cells. */
const FORMULA = /^(?:%0a|[\s\p{Cf}])*[=+\-@;|\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/iu
const SPECIAL = /[",;\r\n]/

/** One line with its ending. What begins like a formula gets an apostrophe, as spreadsheets write texts. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`
}

function cellOf(cell: string | number | null): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
