// The API as a page to read, at /docs/api: rendered from the contract, no script.
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import { problems } from '@gatepost/contract/problem.ts'
import * as z from 'zod'

/** The whole page. `nonce` is for its one style element. */
export function apiPage(endpoints: readonly Endpoint[], nonce: string): string {
  const tags = [...new Set(endpoints.map(({ tag }) => tag))]
  const chapters = tags.map((tag) => {
    const rows = endpoints.filter((endpoint) => endpoint.tag === tag).map(entry)
    return `<section aria-labelledby="${slug(tag)}"><h2 id="${slug(tag)}">${escapeHtml(tag)}</h2>${rows.join('')}</section>`
  })
  const list = Object.entries(problems).map(
    ([name, { status, title }]) =>
      `<tr id="problem-${name}"><td><code>${name}</code></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>API · Gatepost</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style nonce="${nonce}">${STYLE}</style></head><body>
<header><a href="/">Gatepost</a> / API</header><main><h1>Gatepost API</h1>
<p>Everything the console does. The machine-readable form is <a href="/openapi.json">/openapi.json</a>. Errors are
RFC 9457 problems with a <code>name</code> from the list below. Times are epoch milliseconds. Unsafe requests take the
revision in <code>If-Match</code>; lists take <code>limit</code> (up to 500) and <code>after</code>.</p>
<nav aria-label="Chapters">${tags.map((tag) => `<a href="#${slug(tag)}">${escapeHtml(tag)}</a>`).join(' · ')} ·
<a href="#problems">Problems</a></nav>
${chapters.join('')}
<section aria-labelledby="problems"><h2 id="problems">Problems</h2>
<div class="wide" tabindex="0" role="region" aria-label="Table of problems"><table>
<thead><tr><th scope="col">Name</th><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead>
<tbody>${list.join('')}</tbody></table></div></section></main></body></html>`
}

function entry(endpoint: Endpoint): string {
  return `<article id="${endpoint.name}"><h3><span class="method">${endpoint.method}</span> <code>${escapeHtml(endpoint.path)}</code></h3>
<p>${escapeHtml(endpoint.summary)}</p><p class="small">Permission <code>${endpoint.allow}</code> · answers ${endpoint.status}${
    endpoint.problems.length > 0
      ? ` · problems ${endpoint.problems.map((name) => `<a href="#problem-${name}">${name}</a>`).join(', ')}`
      : ''
  }</p>${fields('Query', endpoint.query, 'input')}${
    endpoint.raw
      ? `<p class="small">Body: ${endpoint.raw.mediaTypes.map(escapeHtml).join(', ')}, at most ${endpoint.raw.bytesMax} bytes.</p>`
      : fields('Body', endpoint.body, 'input')
  }${fields('Answer', endpoint.output, 'output')}</article>`
}

function fields(title: string, schema: z.ZodType, io: 'input' | 'output'): string {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  const { properties } = json as { readonly properties?: object }
  if (!properties || Object.keys(properties).length === 0) return ''
  const text = escapeHtml(JSON.stringify(json, null, 2))
  const names = Object.keys(properties).map(escapeHtml).join(', ')
  return `<details><summary>${title}: ${names}</summary><pre tabindex="0">${text}</pre></details>`
}

function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z]+/g, '-')
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

const STYLE = `:root{color-scheme:light dark;--bg:light-dark(#fff,#101216);--tx:light-dark(#12151c,#e7e9ee);
--tx2:light-dark(#4d5565,#b4bac6);--line:light-dark(#e4e7ec,#23272f);--accent:light-dark(#4650cb,#a6b0fc);
--sunk:light-dark(#f7f8fa,#0c0e11)}body{margin:0;background:var(--bg);color:var(--tx);
font:14px/20px system-ui,sans-serif}header{border-bottom:1px solid var(--line);padding:14px 24px}
main{max-width:1000px;padding:24px;box-sizing:border-box}h1{font-size:22px;line-height:28px}h2{font-size:15px;margin-top:32px}
h3{font-size:13px;margin:0}a{color:var(--accent)}article{border-top:1px solid var(--line);padding:12px 0}
.method{color:var(--tx2);display:inline-block;min-width:52px}p{max-width:68ch;margin:6px 0}.small{color:var(--tx2);font-size:12px}
code,pre{font:12px/18px ui-monospace,monospace;overflow-wrap:anywhere}pre{background:var(--sunk);border:1px solid var(--line);
border-radius:8px;padding:12px;overflow:auto;max-height:420px}summary{cursor:pointer;color:var(--tx2);font-size:12px;padding:4px 0}
.wide{overflow-x:auto}table{border-collapse:collapse}td,th{text-align:left;padding:6px 16px 6px 0;border-bottom:1px solid var(--line)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}`
