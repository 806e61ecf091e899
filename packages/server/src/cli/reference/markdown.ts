// Small pieces of Markdown that all reference pages are made of.

/** Said at the top of each generated page. */
export const GENERATED = '<!-- Made by `gatepost reference`; edit the source it names, not this page. -->'

/** A table; pipes and line ends in cells are made harmless. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Text in code style; an empty one is a dash. */
export function code(text: string): string {
  return text === '' ? '–' : `\`${text}\``
}

/** Parts of a page with empty lines between them. */
export function page(...parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/(?<!\s)\s*\n\s*/g, ' ')
}
