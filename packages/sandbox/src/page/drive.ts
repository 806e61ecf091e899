// The parts of the sandbox's page that people drive it with: environment, guide, mail to send, events,
// directory and the rules at acme's own systems.
import type { Directories } from '../directories.ts'
import type { EventState, Events } from '../events.ts'
import { ENVIRONMENT_WORDS, type GuideStep, guideSteps } from '../guide.ts'
import type { World } from '../world.ts'
import { actionsIn } from '../world-actions.ts'
import { ENVIRONMENTS } from '../world-zones.ts'
import { breakable, html, icon, type Markup } from './markup.ts'
import type { PageContext } from './parts.ts'

/** A key file would fill the page. */
const VALUE_SHOWN_MAX = 60

export function drawEnvironment(world: World): Markup {
  const now = world.environment()
  const choices = ENVIRONMENTS.map(
    (environment) => html`<button type="button" data-environment="${environment}"
      aria-pressed="${environment === now ? 'true' : 'false'}">${ENVIRONMENT_WORDS[environment]}</button>`,
  )
  return html`<div class="choices" role="group" aria-label="Where Acme’s mail lives">${choices}</div>
    <p class="note">Choose before you open the set-up link: it puts Acme’s records back to their first day.</p>`
}

export function drawGuide({ world, directories, consoleUrl }: PageContext): Markup {
  const steps = guideSteps(world, consoleUrl(), directories).map(drawStep)
  return html`<ol class="guide">${steps}</ol>`
}

function drawStep(step: GuideStep, index: number): Markup {
  const state = step.done === true ? ['ok', 'Seen'] : step.done === false ? ['mute', 'Not seen yet'] : null
  const tag =
    state === null
      ? html`<span class="state mute">In Connect</span>`
      : html`<span class="state ${state[0]!}">${icon(step.done ? 'done' : 'open')}${state[1]!}</span>`
  const record =
    step.record === undefined
      ? null
      : html`<p class="record"><code>${step.record}</code>
      <button type="button" class="small" data-publish="${step.record}">Publish this record</button></p>`
  return html`<li><div class="step-head"><h3>${index + 1}. ${step.title}</h3>${tag}</div>
    <p>${step.text}</p>${drawValues(step.values ?? [])}${record}<p class="note">${step.seen}</p></li>`
}

function drawValues(values: NonNullable<GuideStep['values']>): Markup | null {
  if (values.length === 0) return null
  const rows = values.map(([label, value]) => {
    const isLong = value.length > VALUE_SHOWN_MAX
    const shown = isLong ? html`${value.slice(0, VALUE_SHOWN_MAX)}…` : breakable(value)
    return html`<div><dt>${label}</dt><dd><span class="mono">${shown}</span>
      <button type="button" class="small" data-copy="${value}" aria-label="Copy ${label}">Copy</button></dd></div>`
  })
  return html`<dl class="values">${rows}</dl>`
}

export function drawSends(world: World): Markup {
  const buttons = actionsIn(world.environment()).map(
    (action) => html`<li><button type="button" data-send="${action.kind}">${action.title}</button>
      <span>${action.expect}</span></li>`,
  )
  return html`<ul class="sends">${buttons}</ul>`
}

export function drawEvents(events: Events): Markup {
  const rows = events.list().map(drawEvent)
  return html`<ul class="rows events">${rows}</ul>`
}

function drawEvent({ kind, group, title, look, isOn }: EventState): Markup {
  const words = isOn === null ? 'Start' : isOn ? 'End it' : 'Let it happen'
  const state = isOn ? html`<span class="state warn">${icon('failed')}Happening</span>` : null
  return html`<li data-key="event-${kind}"><div class="row-head"><b>${title}</b>${state}
    <button type="button" class="small" data-event="${kind}" data-on="${isOn ? 'false' : 'true'}"
    aria-label="${words}: ${title}">${words}</button></div>
    <p class="note">${group} · ${look}</p></li>`
}

export function drawPeople(directories: Directories | null): Markup {
  if (directories === null) return html`<p class="empty">No directory runs beside this small internet.</p>`
  const rows = directories.people.list().map(
    ({ name, displayName, aliases }) => html`<li><div class="row-head"><b>${displayName}</b>
      <span class="mono">${breakable([name, ...aliases].map((one) => `${one}@acme.example`).join(', '))}</span>
      </div></li>`,
  )
  return html`<ul class="rows">${rows}</ul>
    <p class="note">The same people by LDAP, Microsoft Graph and Google’s Admin SDK.</p>`
}

export function drawRules(world: World): Markup {
  const header = world.cloudHeader()
  const journal = world.journalAddress()
  return html`<ul class="rows"><li><div class="row-head"><b>Rule at the cloud</b>
    <button type="button" class="small" id="cloud" data-paste="cloud-header">Take the header value that I copied
    </button></div><p class="note">${
      header === null
        ? 'Mail from the cloud leaves without a header of ours.'
        : `Mail from the cloud leaves with X-Gatepost-Tenant: ${header.slice(0, 6)}…`
    }</p></li><li><div class="row-head"><b>Journal</b>
    <button type="button" class="small" data-paste="journal">Journal to the address that I copied</button></div>
    <p class="note">${journal === null ? 'Nothing is journaled.' : html`Every message is reported to ${breakable(journal)}.`}
    </p></li></ul>`
}
