// The frame of the API's pages at /docs/api: head, areas at the side, search, one style and no script.
import { STYLE } from './style.ts'

/** Stands in rendered pages where each answer puts its own nonce. */
export const NONCE = '__NONCE__'

export type Area = { readonly slug: string; readonly name: string; readonly count: number }

export type Frame = {
  readonly title: string
  readonly areas: readonly Area[]
  /** The area shown; null on the first page. */
  readonly current: string | null
  readonly search: string
  readonly content: string
}

/** A whole page. */
export function frame({ title, areas, current, search, content }: Frame): string {
  const links = areas.map(({ slug, name, count }) => {
    const here = slug === current ? ' aria-current="page"' : ''
    return `<li><a href="/docs/api/${slug}"${here}>${escapeHtml(name)}<span>${count}</span></a></li>`
  })
  return `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>${escapeHtml(title)} · Gatepost</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.svg"><style nonce="${NONCE}">${STYLE}</style></head><body>
<a class="skip" href="#main">Skip to content</a>
<header><p><a href="/">Gatepost</a> / ${current === null ? 'API' : '<a href="/docs/api">API</a>'}</p>
<form action="/docs/api" method="get" role="search"><label for="search">Search the API</label>
<input id="search" name="search" type="search" maxlength="100" value="${escapeHtml(search)}"
 placeholder="Path, name, field or problem"><button type="submit">Search</button></form></header>
<div class="columns"><nav aria-label="Areas"><details open><summary>Areas</summary><ul>
<li><a href="/docs/api"${current === null && search === '' ? ' aria-current="page"' : ''}>All areas</a></li>
${links.join('')}<li><a href="/docs/api#problems">Problems</a></li></ul></details></nav>
<main id="main" tabindex="-1">${content}</main></div></body></html>`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

export function methodOf(method: string): string {
  return `<span class="method ${method.toLowerCase()}">${method}</span>`
}

/** Long paths may break after each slash, never elsewhere. */
export function pathOf(path: string): string {
  return `<code>${escapeHtml(path).replaceAll('/', '/<wbr>')}</code>`
}
