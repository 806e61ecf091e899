// The API as pages to read at /docs/api: an index that can be searched, and a page for each area, all
// rendered from the OpenAPI description that /openapi.json gives.
import { problems } from '@gatepost/contract/problem.ts'
import { type Area, escapeHtml, frame, methodOf, pathOf } from './frame.ts'
import { fieldsOf, namesOf, type Schema } from './schema.ts'

type Content = { readonly content?: { readonly [type: string]: { readonly schema: Schema } } }
type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly 'x-permission': string
  readonly 'x-problems': readonly string[]
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: Content & { readonly description?: string }
  readonly responses: { readonly [status: string]: Content }
}
type Description = { readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } } }
type Named = Operation & { readonly method: string; readonly path: string }

/** One line of the index. */
type Line = {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly area: string
  /** All that a search looks at, in small letters. */
  readonly words: string
}

export type ApiPages = {
  /** The first page; with words, what has all of them. */
  index(search: string): string
  /** Null: there is no such area. */
  area(slug: string): string | null
}

/**
 * `text` is the description as /openapi.json gives it; it is read again for an area that is first asked for.
 */
export function apiPages(text: string): ApiPages {
  const lines = operationsOf(text).map(lineOf)
  const names = [...new Set(lines.map(({ area }) => area))]
  const areas = names.map((name) => {
    return { slug: slugOf(name), name, count: lines.filter(({ area }) => area === name).length }
  })
  const drawn = new Map<string, string>()
  return {
    index: (search) => indexPage(areas, lines, search.trim().slice(0, SEARCH_MAX)),
    area(slug) {
      const found = areas.find((area) => area.slug === slug)
      if (!found) return null
      const known = drawn.get(slug)
      if (known !== undefined) return known
      const page = areaPage(areas, found, operationsOf(text))
      drawn.set(slug, page)
      return page
    },
  }
}

/** Longer words name nothing of the contract. */
const SEARCH_MAX = 100

function operationsOf(text: string): readonly Named[] {
  const { paths } = JSON.parse(text) as Description
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ ...one, method: method.toUpperCase(), path })),
  )
}

function lineOf(operation: Named): Line {
  const { operationId, method, path, summary, tags } = operation
  const fields = [
    ...operation.parameters.map(({ name }) => name),
    ...Object.keys(bodyOf(operation)?.properties ?? {}),
    ...Object.keys(answerOf(operation)?.properties ?? {}),
  ]
  const all = [
    operationId,
    method,
    path,
    summary,
    ...tags,
    operation['x-permission'],
    ...operation['x-problems'],
    ...fields,
  ]
  return {
    name: operationId,
    method,
    path,
    summary,
    area: tags[0] ?? '',
    words: all.join(' ').toLowerCase(),
  }
}

function bodyOf({ requestBody }: Operation): Schema | undefined {
  return requestBody?.content?.['application/json']?.schema
}

function answerOf({ responses }: Operation): Schema | undefined {
  return Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1].content?.[
    'application/json'
  ]?.schema
}

function indexPage(areas: readonly Area[], lines: readonly Line[], search: string): string {
  const wanted = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const found = lines.filter(({ words }) => wanted.every((word) => words.includes(word)))
  const groups = areas.flatMap(({ slug, name }) => {
    const rows = found.filter(({ area }) => area === name)
    if (rows.length === 0) return []
    return `<section aria-labelledby="${slug}"><h2 id="${slug}"><a href="/docs/api/${slug}">${escapeHtml(name)}</a></h2>
<ul class="rows">${rows.map(rowOf).join('')}</ul></section>`
  })
  const content =
    search === ''
      ? `${INTRODUCTION}${groups.join('')}${problemTable()}`
      : `<h1>${resultTitle(found.length, search)}</h1><p><a href="/docs/api">All areas</a></p>${groups.join('')}`
  return frame({ title: search === '' ? 'API' : `${search} · API`, areas, current: null, search, content })
}

function resultTitle(count: number, search: string): string {
  const words = `“${escapeHtml(search)}”`
  if (count === 0) return `Nothing in the API has the words ${words}`
  return `${count === 1 ? '1 endpoint has' : `${count} endpoints have`} the words ${words}`
}

function rowOf({ name, method, path, summary, area }: Line): string {
  const what = `<span class="what">${escapeHtml(summary)}</span>`
  return `<li><a href="/docs/api/${slugOf(area)}#${name}">${methodOf(method)}${pathOf(path)}${what}</a></li>`
}

function areaPage(areas: readonly Area[], area: Area, operations: readonly Named[]): string {
  const shapes = new Map<string, string>()
  const own = operations.filter(({ tags }) => tags[0] === area.name)
  const articles = own.map((operation) => articleOf(operation, shapes))
  const content = `<h1>${escapeHtml(area.name)}</h1><p>${own.length === 1 ? '1 endpoint' : `${own.length} endpoints`}.
What holds for all of them stands on the <a href="/docs/api">first page</a>.</p>${articles.join('')}`
  return frame({ title: `${area.name} · API`, areas, current: area.slug, search: '', content })
}

function articleOf(operation: Named, shapes: Map<string, string>): string {
  const { operationId, method, path, summary, parameters } = operation
  const query = parameters.filter((one) => one.in === 'query')
  const asked = {
    properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])),
    required: query.filter(({ required }) => required).map(({ name }) => name),
  }
  const body = bodyOf(operation)
  const answer = answerOf(operation)
  return `<article aria-labelledby="${operationId}"><h2 id="${operationId}">${methodOf(method)}${pathOf(path)}</h2>
<p>${escapeHtml(summary)}</p><p class="small">${aboutOf(operation)}</p>
${query.length > 0 ? partOf('Query', asked, shapes) : ''}${body ? partOf('Body', body, shapes) : ''}${fileOf(
  operation,
)}${answer ? partOf('Answer', answer, shapes) : ''}</article>`
}

/** Bodies that are files: their types, and how large they may be. */
function fileOf({ requestBody }: Operation): string {
  const types = Object.keys(requestBody?.content ?? {}).filter((type) => type !== 'application/json')
  if (types.length === 0) return ''
  const named = types.map((type) => `<code>${escapeHtml(type)}</code>`).join(' or ')
  return `<p class="small">Body: a file of type ${named}. ${escapeHtml(requestBody?.description ?? '')}</p>`
}

function aboutOf(operation: Named): string {
  const status = Object.keys(operation.responses).find((one) => one.startsWith('2'))
  const named = operation['x-problems'].map((name) => `<a href="/docs/api#problem-${name}">${name}</a>`)
  return [
    `<code>${operation.operationId}</code>`,
    `permission <code>${escapeHtml(operation['x-permission'])}</code>`,
    `answers ${status}`,
    ...(named.length > 0 ? [`problems ${named.join(', ')}`] : []),
  ].join(' · ')
}

function partOf(title: string, schema: Schema, shapes: Map<string, string>): string {
  // A choice of several shapes stands as one field without a name.
  const isChoice = schema.properties === undefined && schema.oneOf !== undefined
  const fields = fieldsOf(isChoice ? { properties: { '': schema } } : schema, shapes)
  if (fields === '') return ''
  return `<details class="part"><summary>${title}: <code>${namesOf(schema)}</code></summary>${fields}</details>`
}

function problemTable(): string {
  const rows = Object.entries(problems).map(
    ([name, { status, title }]) =>
      `<tr id="problem-${name}"><td><code>${name}</code></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
  )
  return `<section aria-labelledby="problems"><h2 id="problems">Problems</h2><table>
<thead><tr><th scope="col">Name</th><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></section>`
}

function slugOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]+/g, '-')
}

const INTRODUCTION = `<h1>Gatepost API</h1>
<p>Everything the console does. The machine-readable form is <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
<p>Sign in for a session cookie, or send an API token as <code>Authorization: Bearer gp_…</code>. Times are epoch
milliseconds. Lists take <code>limit</code> (up to 500) and <code>after</code>. Unsafe requests take the revision they
are based on in <code>If-Match</code>. A <code>POST</code> with an <code>Idempotency-Key</code> that comes again within
the hour, as after a lost connection, is answered as before and not done again. Fields and query parameters that are not
named here are refused. Errors are RFC 9457 problems with a <code>name</code> from the
<a href="#problems">list at the end</a>.</p>`
