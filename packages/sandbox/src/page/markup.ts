// HTML from templates in which every value is escaped unless it is markup already.
export type Markup = { readonly markup: string }

type Value = string | number | Markup | readonly Markup[] | null | false

/** Tagged template; strings and numbers are escaped for text and quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { markup: strings.reduce((text, part, index) => text + written(values[index - 1] ?? null) + part) }
}

function written(value: Value): string {
  if (value === null || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  if ('markup' in value) return value.markup
  return value.map((part) => part.markup).join('')
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A name of a machine or mailbox that may break after dots and `@`, nowhere else. */
export function breakable(text: string): Markup {
  return { markup: escapeHtml(text).replace(/([.@])/g, '$1<wbr>') }
}

/** Tabler icons (MIT) by name, drawn in the colour of the text; the word beside them carries the meaning. */
export function icon(name: keyof typeof ICONS): Markup {
  const filled = name === 'done'
  const paint = filled ? 'fill="currentColor"' : 'fill="none" stroke="currentColor" stroke-width="1.8"'
  const paths = ICONS[name].map((d) => `<path d="${d}"/>`).join('')
  const attributes = `class="icon" viewBox="0 0 24 24" ${paint} stroke-linecap="round" aria-hidden="true"`
  return { markup: `<svg ${attributes}>${paths}</svg>` }
}

const RING = 'M3 12a9 9 0 1 0 18 0a9 9 0 1 0 -18 0'
const ICONS = {
  done: [
    'M17 3.34a10 10 0 1 1 -14.995 8.984l-.005 -.324l.005 -.324a10 10 0 0 1 14.995 -8.336zm-1.293 5.953' +
      'a1 1 0 0 0 -1.32 -.083l-.094 .083l-3.293 3.292l-1.293 -1.292l-.094 -.083a1 1 0 0 0 -1.403 1.403' +
      'l.083 .094l2 2l.094 .083a1 1 0 0 0 1.226 0l.094 -.083l4 -4l.083 -.094a1 1 0 0 0 -.083 -1.32z',
  ],
  open: [
    'M8.56 3.69a9 9 0 0 0 -2.92 1.95',
    'M3.69 8.56a9 9 0 0 0 -.69 3.44',
    'M3.69 15.44a9 9 0 0 0 1.95 2.92',
    'M8.56 20.31a9 9 0 0 0 3.44 .69',
    'M15.44 20.31a9 9 0 0 0 2.92 -1.95',
    'M20.31 15.44a9 9 0 0 0 .69 -3.44',
    'M20.31 8.56a9 9 0 0 0 -1.95 -2.92',
    'M15.44 3.69a9 9 0 0 0 -3.44 -.69',
  ],
  accepted: [RING, 'M9 12l2 2l4 -4'],
  refused: [RING, 'M5.7 5.7l12.6 12.6'],
  failed: [RING, 'M10 10l4 4m0 -4l-4 4'],
  deferred: ['M20.942 13.018a9 9 0 1 0 -7.909 7.922', 'M12 7v5l2 2', 'M17 17v5', 'M21 17v5'],
} as const
