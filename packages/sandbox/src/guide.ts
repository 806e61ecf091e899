// The way through Connect in the sandbox, step by step. What the small internet can see of a step is derived
// here.
import { html, type Markup } from './page/markup.ts'
import type { World } from './world.ts'
import { ACME, GATEWAY_NAME } from './world-zones.ts'

export type GuideStep = {
  readonly title: string
  readonly text: Markup
  /** Null where only Gatepost can know. */
  readonly done: boolean | null
  /** What the small internet saw, or waits for. */
  readonly seen: string
  /** Filled into the form that publishes records. */
  readonly record?: string
}

/** The steps with the state of the world at this moment. */
export function guideSteps(world: World, consoleUrl: string): GuideStep[] {
  return [
    setUp(consoleUrl),
    validate(world),
    addUsers(),
    inbound(world),
    outbound(world),
    recipients(world),
    exchange(world),
  ]
}

function setUp(consoleUrl: string): GuideStep {
  return {
    title: 'Open the set-up link',
    text: html`The terminal prints it once. Create the first administrator, name the organisation
      <b>${ACME.organisation}</b> with the domain <code>${ACME.domain}</code>, and choose the environment:
      Connect reads it from the records below. The console is at <a href="${consoleUrl}">${consoleUrl}</a>.`,
    done: null,
    seen: 'Connect shows whether this is done',
  }
}

function validate(world: World): GuideStep {
  const { zones } = world.dns
  const texts = zones.get(ACME.domain, 'TXT').filter((value) => !value.startsWith('"v=spf1'))
  const aliases = zones.list().filter((set) => set.type === 'CNAME' && set.name.endsWith(`.${ACME.domain}`))
  const published = texts.length > 0 || aliases.some((set) => !set.name.startsWith('autodiscover.'))
  return {
    title: 'Validate your domain',
    text: html`Open <i>Validate your domains</i>, add <code>${ACME.domain}</code>, copy the TXT record and
    paste it
      under <a href="#publish">Publish a record</a>. The value alone is enough.`,
    done: published,
    seen: published ? 'A record that proves ownership is published' : 'No such record yet',
  }
}

function addUsers(): GuideStep {
  return {
    title: 'Add users',
    text: html`Open <i>Add users manually</i> and add <code>ann@acme.example</code>, then
      <code>bob@acme.example</code>. Both have mailboxes on ${ACME.mailHost}; nobody@acme.example has none.`,
    done: null,
    seen: 'Connect shows whether this is done',
  }
}

function inbound(world: World): GuideStep {
  const tested = world.acme.total() > 0
  return {
    title: 'Prepare for inbound email',
    text: html`Open <i>Prepare for inbound email</i>. The mail host is <code>${ACME.mailHost}</code>, port
      <code>${world.acme.port}</code>. Send the test message to <code>ann@acme.example</code> and confirm
      that it
      arrived: it is in Acme’s mailbox below, with a raw view to copy.`,
    done: tested,
    seen: tested ? `${ACME.mailHost} received ${world.acme.total()}` : `Nothing reached ${ACME.mailHost} yet`,
  }
}

function outbound(world: World): GuideStep {
  const spf = world.dns.zones.get(ACME.domain, 'TXT').find((value) => value.startsWith('"v=spf1')) ?? ''
  const included = spf.includes('gatepost')
  const seen = world.outside.messages().some((message) => message.reversePath.endsWith(`@${ACME.domain}`))
  const waits = included
    ? 'Waits for a message from acme.example outside'
    : 'SPF of acme.example does not name Gatepost'
  return {
    title: 'Set up your outbound email',
    text: html`Open <i>Set up your outbound email</i>, authorise the address <code>${ACME.publicIp}</code>,
    publish an
      SPF record that names Gatepost, then press <a href="#send">Ann writes to Ben of Bright</a>.`,
    done: included && seen,
    seen: included && seen ? 'A message from acme.example reached the outside' : waits,
    record: `${ACME.domain}. TXT "v=spf1 include:spf.${GATEWAY_NAME} ip4:${ACME.publicIp} -all"`,
  }
}

function recipients(world: World): GuideStep {
  const attempts = world.actions().filter((action) => action.kind === 'unknown-recipient')
  const refused = attempts[0]?.result.replies.some((reply) => reply.code === 550) ?? false
  return {
    title: 'Set up recipient validation',
    text: html`Open <i>Set up recipient validation</i> and choose <i>known recipients</i>. Then press
      <a href="#send">Ben of Bright writes to nobody</a>: the reply is 550 5.1.1.`,
    done: refused,
    seen: refused ? 'An unknown recipient was refused' : 'No unknown recipient was refused yet',
  }
}

function exchange(world: World): GuideStep {
  const values = world.dns.zones.get(ACME.domain, 'MX')
  const changed = values.length > 0 && values.every((value) => value.includes('gatepost'))
  const arrived = world.acme.messages().some((message) => message.reversePath.endsWith('@bright.example'))
  const waits = changed
    ? 'The MX is changed; waits for a message from outside'
    : 'The MX is still the old one'
  return {
    title: 'Modify your MX record',
    text: html`Open <i>Modify your MX record</i>, publish the MX that it shows, then press
      <a href="#send">Ben of Bright writes to Ann</a>. In the console, <i>Messages</i> tells why each was
      accepted.`,
    done: changed && arrived,
    seen: changed && arrived ? 'The MX names Gatepost and mail arrives through it' : waits,
    record: `${ACME.domain}. MX 10 ${GATEWAY_NAME}.`,
  }
}
