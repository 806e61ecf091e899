// The whole page of the sandbox as it is first sent; the parts that change are drawn in place.
import { html } from './markup.ts'
import { drawPart, type PageContext, type PartName } from './parts.ts'

export function drawDocument(context: PageContext): string {
  const { world, consoleUrl } = context
  const part = (name: PartName) => html`<div data-part="${name}">${drawPart(name, context)}</div>`
  const gateway = world.gateway()
  const body = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Sandbox · Gatepost</title><link rel="stylesheet" href="/tokens.css">
  <link rel="stylesheet" href="/style.css"><link rel="stylesheet" href="/parts.css">
<script type="module" src="/client.js"></script></head>
<body><header class="top"><b>Gatepost</b><span class="slash">/</span><span>Sandbox</span>
<span class="grow"></span><a href="${consoleUrl()}">Open the console</a></header>
<main><h1>A small internet to try Connect in</h1>
<p class="lead">DNS, the mail hosts and directories of acme.example and the world around it run on this machine
only. Change what you like: nothing here leaves it.</p>
${part('environment')}
<dl class="facts"><div><dt>DNS</dt><dd>${world.dns.address}</dd></div><div><dt>Gatepost SMTP</dt>
  <dd>${gateway.host}:${gateway.port}</dd></div>
<div><dt>Acme’s Exchange</dt><dd>exchange.acme.example:${world.acme.port}</dd></div>
<div><dt>Acme’s cloud</dt><dd>${world.cloud.host}:${world.cloud.port}</dd></div>
<div><dt>Outside mail hosts</dt><dd>${world.outside.host}:${world.outside.port}</dd></div></dl>
<p id="said" class="said" role="status"></p>
<div class="columns"><div class="column">
<section><h2>The way through Connect</h2>${part('guide')}</section>
</div><div class="column">
<section id="publish"><h2>Publish a record</h2>${PUBLISH_FORM}</section>
<section id="send"><h2>Send mail</h2>${part('sends')}${part('attempts')}</section>
</div></div>
<section id="mailboxes"><h2>Acme’s mailboxes</h2>${part('mailboxes')}</section>
<div class="columns"><div class="column"><section id="events"><h2>Let something happen</h2>${part('events')}
</section></div>
<div class="column"><section><h2>Acme’s directory</h2>${part('people')}</section>
<section><h2>Acme’s own rules</h2>${part('rules')}</section></div></div>
<section><h2>Mailboxes outside</h2>${part('outside')}</section>
<section><h2>DNS records</h2><div class="bar">
  <button type="button" class="small" id="add-record">Add records</button>
<span class="grow"></span><a href="/api/zone">Zone text</a></div>${part('records')}</section>
<div class="columns"><div class="column"><section><h2>Faults</h2>${FAULT_FORM}${part('faults')}
</section></div>
<div class="column"><section><h2>Questions asked</h2>${part('queries')}</section></div></div>
</main>${RECORD_DIALOG}${MESSAGE_DIALOG}</body></html>`
  return body.markup
}

const PUBLISH_FORM = html`<form id="publish-form"><label for="paste">Record</label>
<p class="note" id="paste-note">As Connect shows it: lines of a zone file, <code>TXT @ value</code>, or
the value alone, which becomes a TXT record at acme.example.
Text is added, other types take the place of what is there.</p>
<textarea id="paste" name="text" rows="4" spellcheck="false" aria-describedby="paste-note"></textarea>
<p class="bar"><button class="primary">Publish record</button>
<button type="button" data-paste="publish">Publish what I copied</button></p></form>`

const FAULT_FORM = html`<form id="fault-form" class="line">
  <label>Name<input name="name" value="acme.example" spellcheck="false"></label>
<label>Answer<select name="kind"><option value="servfail">SERVFAIL</option>
  <option value="timeout">no answer</option>
<option value="delay">after 3 s</option><option value="refused">REFUSED</option></select></label>
<button>Break name</button></form>`

const RECORD_DIALOG = html`<dialog id="record-dialog" aria-labelledby="record-title">
  <form id="record-form" method="dialog">
<h2 id="record-title">Records of a name</h2>
<label>Name<input name="name" required spellcheck="false" value="acme.example"></label>
<label>Type<select name="type"><option>TXT</option><option>MX</option><option>A</option><option>AAAA</option>
<option>CNAME</option><option>NS</option><option>PTR</option><option>SOA</option><option>SRV</option>
  <option>TLSA</option></select></label>
<label>TTL in seconds<input name="ttl" type="number" min="0" max="604800" value="30"></label>
<label>Values, one a line<textarea name="values" rows="4" required spellcheck="false"></textarea></label>
<p class="bad" role="alert" id="record-fault"></p>
<p class="bar"><button class="primary" value="save">Save records</button>
  <button value="cancel" formnovalidate>Cancel</button></p></form></dialog>`

const MESSAGE_DIALOG = html`<dialog id="message-dialog" class="wide" aria-labelledby="message-title">
  <h2 id="message-title">Message</h2>
<dl id="message-envelope" class="replies"></dl><h3>Trace fields</h3><pre id="message-trace" tabindex="0">
  </pre>
<h3>Raw message</h3><pre id="message-raw" tabindex="0"></pre>
<p class="bar"><button type="button" id="message-copy">Copy raw message</button>
  <a id="message-file">Save as .eml</a>
<span class="grow"></span><button type="button" class="primary" id="message-close">Close</button></p>
  </dialog>`
