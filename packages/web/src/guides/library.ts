// The guides of docs/ inside the console: each loads when it is opened, all of them when one searches.
import { type Block, blocksOf, plainOf } from './markdown.ts'

const files = import.meta.glob<string>(
  [
    '../../../../docs/start.md',
    '../../../../docs/known-issues.md',
    '../../../../docs/{guides,concepts,operate,reference,upgrading,internals,decisions}/*.md',
    '!../../../../docs/reference/api.md',
  ],
  { query: '?raw', import: 'default' },
)

const pictures = import.meta.glob<string>('../../../../docs/pictures/*.{png,webp}', {
  query: '?url',
  import: 'default',
})

const ROOT = '../../../../docs/'

/** Folders in the order of the list of guides, with their headings. The rest is found by links. */
export const shelves = [
  { folder: 'guides', name: 'Guides' },
  { folder: 'concepts', name: 'Concepts' },
  { folder: 'operate', name: 'Operate' },
  { folder: 'reference', name: 'Reference' },
] as const

/** `docs/guides/senders.md` is the guide `senders`, `docs/concepts/tls.md` is `concepts/tls`. */
export function guideOf(path: string): string {
  return path
    .replace(ROOT, '')
    .replace(/\.md$/, '')
    .replace(/^guides\//, '')
}

const loaders = new Map(Object.entries(files).map(([path, load]) => [guideOf(path), load]))

export const guideNames: readonly string[] = [...loaders.keys()].sort()

export const isGuide = (guide: string) => loaders.has(guide)

/** The Markdown of a guide; null when there is none of that name. */
export async function loadGuide(guide: string): Promise<string | null> {
  return (await loaders.get(guide)?.()) ?? null
}

/** Address of a picture beside the guides; null when there is none of that name. */
export async function loadPicture(from: string): Promise<string | null> {
  const name = from.split('/').at(-1) ?? ''
  return (await pictures[`${ROOT}pictures/${name}`]?.()) ?? null
}

export type GuideText = {
  readonly guide: string
  readonly shelf: string
  readonly title: string
  readonly blocks: readonly Block[]
  readonly text: string
}

/** All that stands on the shelves, for the list and the search. */
export async function loadShelves(): Promise<readonly GuideText[]> {
  const loaded = await Promise.all(guideNames.map(async (guide) => ({ guide, text: await loadGuide(guide) })))
  return loaded.map(({ guide, text }) => guideText(guide, text ?? '')).filter(({ shelf }) => shelf !== '')
}

function guideText(guide: string, text: string): GuideText {
  const blocks = blocksOf(text)
  const folder = guide.includes('/') ? (guide.split('/')[0] ?? '') : 'guides'
  const shelf = shelves.find((each) => each.folder === folder)?.name ?? ''
  return { guide, shelf, title: titleOf(blocks, guide), blocks, text }
}

/** The first heading, or the file's name where a guide has none. */
export function titleOf(blocks: readonly Block[], guide: string): string {
  const heading = blocks.find((block) => block.kind === 'heading')
  return heading?.kind === 'heading' ? plainOf(heading.parts) : guide
}

/** Where a link of a guide leads: another guide, a part of this one, or out of the console. */
export type Target =
  | { readonly kind: 'guide'; readonly guide: string; readonly hash: string }
  | { readonly kind: 'outside'; readonly href: string }
  | { readonly kind: 'nowhere' }

export function targetOf(guide: string, to: string): Target {
  if (/^https?:/.test(to) || to.startsWith('mailto:')) return { kind: 'outside', href: to }
  const [path = '', hash = ''] = to.split('#')
  if (path === '') return { kind: 'guide', guide, hash }
  const from = guide.includes('/') || !isShelved(guide) ? guide : `guides/${guide}`
  const { pathname } = new URL(path, `https://guides.invalid/${from}`)
  const found = guideOf(pathname.slice(1))
  if (found === 'reference/api') return { kind: 'outside', href: '/docs/api' }
  return isGuide(found) ? { kind: 'guide', guide: found, hash } : { kind: 'nowhere' }
}

/** Guides of the top folder (start, known-issues) are not in `guides/`. */
const isShelved = (guide: string) => `${ROOT}guides/${guide}.md` in files
