// Reads the Markdown that our own guides are written in: headings, lists, tables, code, links and emphasis.
// Pages draw the result with React, so that no text of a guide ever becomes markup by itself.

export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly parts: readonly Inline[] }
  | { readonly kind: 'link'; readonly to: string; readonly parts: readonly Inline[] }

export type Block =
  | {
      readonly kind: 'heading'
      readonly level: number
      readonly id: string
      readonly parts: readonly Inline[]
    }
  | { readonly kind: 'paragraph'; readonly parts: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'picture'; readonly alt: string; readonly from: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'table'; readonly head: readonly Cell[]; readonly rows: readonly (readonly Cell[])[] }

export type Cell = readonly Inline[]

/** Lists within lists go no deeper than this; a guide that needs more needs rewriting. */
const DEPTH_MAX = 6

const item = /^( *)([-*]|\d{1,3}\.) +(.*)$/

/** The blocks of a guide, in order. Text that is no known form is a paragraph. */
export function blocksOf(markdown: string): readonly Block[] {
  return readBlocks(markdown.split(/\r?\n/), 0)
}

function readBlocks(lines: readonly string[], depth: number): readonly Block[] {
  const blocks: Block[] = []
  let at = 0
  while (at < lines.length) {
    const found = readBlock(lines, at, depth)
    if (found.block) blocks.push(found.block)
    at = found.next
  }
  return blocks
}

type Found = { readonly block: Block | null; readonly next: number }

function readBlock(lines: readonly string[], at: number, depth: number): Found {
  const line = lines[at] ?? ''
  if (line.trim() === '') return { block: null, next: at + 1 }
  if (line.startsWith('```')) return fenced(lines, at)
  if (/^ {4}\S/.test(line)) return indented(lines, at)
  const heading = /^(#{1,6}) +(.*)$/.exec(line)
  if (heading) {
    const text = heading[2] ?? ''
    const level = heading[1]?.length ?? 1
    return { block: { kind: 'heading', level, id: anchorOf(text), parts: inlinesOf(text) }, next: at + 1 }
  }
  const picture = /^!\[([^\]]*)\]\(([^)\s]+)\)$/.exec(line.trim())
  if (picture)
    return { block: { kind: 'picture', alt: picture[1] ?? '', from: picture[2] ?? '' }, next: at + 1 }
  if (line.startsWith('|') && /^\|[\s:|-]+\|?\s*$/.test(lines[at + 1] ?? '')) return table(lines, at)
  if (item.test(line) && depth < DEPTH_MAX) return list(lines, at, depth)
  if (line.startsWith('>')) {
    const end = endOf(lines, at, (each) => each.startsWith('>'))
    const inner = lines.slice(at, end).map((each) => each.replace(/^> ?/, ''))
    return {
      block: { kind: 'quote', blocks: depth < DEPTH_MAX ? readBlocks(inner, depth + 1) : [] },
      next: end,
    }
  }
  const end = endOf(lines, at + 1, isRunning)
  const parts = inlinesOf(
    lines
      .slice(at, end)
      .map((each) => each.trim())
      .join(' '),
  )
  return { block: { kind: 'paragraph', parts }, next: end }
}

/** Whether a line goes on with the paragraph before it. */
const isRunning = (line: string) =>
  line.trim() !== '' && !/^(#{1,6} |```|\||>)/.test(line) && !item.test(line)

function endOf(lines: readonly string[], from: number, belongs: (line: string) => boolean): number {
  let end = from
  while (end < lines.length && belongs(lines[end] ?? '')) end += 1
  return end
}

function fenced(lines: readonly string[], at: number): Found {
  const end = endOf(lines, at + 1, (each) => !each.startsWith('```'))
  return { block: { kind: 'code', text: lines.slice(at + 1, end).join('\n') }, next: end + 1 }
}

function indented(lines: readonly string[], at: number): Found {
  let end = endOf(lines, at, (each) => each.startsWith('    ') || each.trim() === '')
  while (end > at && (lines[end - 1] ?? '').trim() === '') end -= 1
  const text = lines
    .slice(at, end)
    .map((each) => each.slice(4))
    .join('\n')
  return { block: { kind: 'code', text }, next: end }
}

function table(lines: readonly string[], at: number): Found {
  const end = endOf(lines, at, (each) => each.startsWith('|'))
  const [head = [], , ...rows] = lines.slice(at, end).map(cellsOf)
  return { block: { kind: 'table', head, rows }, next: end }
}

/** The cells of a row; `\|` is a bar within one. */
function cellsOf(line: string): readonly Cell[] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '')
  return inner.split(/(?<!\\)\|/).map((cell) => inlinesOf(cell.trim().replaceAll('\\|', '|')))
}

function list(lines: readonly string[], at: number, depth: number): Found {
  const first = item.exec(lines[at] ?? '')
  const indent = first?.[1]?.length ?? 0
  const ordered = /\d/.test(first?.[2] ?? '')
  const items: string[][] = []
  let end = at
  while (end < lines.length) {
    const line = lines[end] ?? ''
    const begins = item.exec(line)
    if (begins && (begins[1]?.length ?? 0) <= indent) {
      if (/\d/.test(begins[2] ?? '') !== ordered) break
      items.push([begins[3] ?? ''])
    } else if (line.trim() === '' ? !goesOn(lines, end, indent) : !belongs(line, indent, lines[end - 1])) {
      break
    } else {
      items.at(-1)?.push(line.slice(Math.min(leading(line), indent + 2 + Number(ordered))))
    }
    end += 1
  }
  return {
    block: { kind: 'list', ordered, items: items.map((each) => readBlocks(each, depth + 1)) },
    next: end,
  }
}

const leading = (line: string) => line.length - line.trimStart().length

/** A line below an item is its own when it is indented, or runs on from the line before. */
const belongs = (line: string, indent: number, before = '') =>
  leading(line) > indent || (before.trim() !== '' && isRunning(line))

/** Whether the list goes on behind an empty line. */
const goesOn = (lines: readonly string[], at: number, indent: number) => {
  const next = lines[at + 1] ?? ''
  return next.trim() !== '' && (leading(next) > indent || (item.test(next) && leading(next) === indent))
}

const inline = /`([^`]+)`|\*\*(.+?)\*\*|\*([^*\s](?:[^*]*[^*\s])?)\*|\[([^\]]+)\]\(([^)\s]+)\)/g

/** Emphasis, code and links of one line of text. */
export function inlinesOf(text: string): readonly Inline[] {
  const parts: Inline[] = []
  let from = 0
  for (const match of text.matchAll(inline)) {
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) })
    from = match.index + match[0].length
    const [, code, strong, emphasis, label, to] = match
    if (code !== undefined) parts.push({ kind: 'code', text: code })
    else if (strong !== undefined) parts.push({ kind: 'strong', parts: inlinesOf(strong) })
    else if (emphasis !== undefined) parts.push({ kind: 'emphasis', parts: inlinesOf(emphasis) })
    else parts.push({ kind: 'link', to: to ?? '', parts: inlinesOf(label ?? '') })
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) })
  return parts
}

/** The words alone, for titles and search. */
export function plainOf(parts: readonly Inline[]): string {
  return parts.map((part) => ('text' in part ? part.text : plainOf(part.parts))).join('')
}

/** Anchors as the usual renderers of Markdown make them. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replace(/ /g, '-')
}
