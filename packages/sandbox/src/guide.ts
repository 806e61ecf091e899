// The way through Connect in the sandbox, step by step, for where acme's mail lives. What the small internet
// can see of a step is derived here.
import type { Directories } from './directories.ts'
import { directoryStep } from './guide-directory.ts'
import { html, type Markup } from './page/markup.ts'
import type { World } from './world.ts'
import { ACME, type Environment, GATEWAY_NAME } from './world-zones.ts'

export type GuideStep = {
  readonly title: string
  readonly text: Markup
  /** Null where only Gatepost can know. */
  readonly done: boolean | null
  /** What the small internet saw, or waits for. */
  readonly seen: string
  /** What is typed in Connect, each with a button that copies it. */
  readonly values?: readonly (readonly [label: string, value: string])[]
  /** Published as the DNS administrator would, by one click. */
  readonly record?: string
}

export const ENVIRONMENT_WORDS: { readonly [Name in Environment]: string } = {
  'on-premises': 'Exchange on-premises',
  'microsoft-365': 'Microsoft 365',
  hybrid: 'Exchange hybrid',
  'google-workspace': 'Google Workspace',
}

/** The steps with the state of the world at this moment. */
export function guideSteps(
  world: World,
  consoleUrl: string,
  directories: Directories | null = null,
): GuideStep[] {
  const isOwn = world.environment() === 'on-premises'
  return [
    setUp(world, consoleUrl),
    validate(world),
    ...(directories === null ? [addUsers()] : [directoryStep(world, directories)]),
    inbound(world),
    outbound(world),
    recipients(world),
    exchange(world),
    ...(isOwn ? [lock(world)] : []),
  ]
}

function setUp(world: World, consoleUrl: string): GuideStep {
  const words = ENVIRONMENT_WORDS[world.environment()]
  return {
    title: 'Open the set-up link',
    text: html`The terminal prints it once. Create the first administrator and name the organisation; Connect reads
      from the records below that acme.example is on <b>${words}</b>. The console is at
      <a href="${consoleUrl}">${consoleUrl}</a>.`,
    done: null,
    seen: 'Connect shows whether this is done',
    values: [
      ['Work address', `ada@${ACME.domain}`],
      ['Organisation name', ACME.organisation],
      ['Primary domain', ACME.domain],
      ['Outside address', 'ada@elsewhere.example'],
    ],
  }
}

function validate(world: World): GuideStep {
  const { zones } = world.dns
  const texts = zones.get(ACME.domain, 'TXT').filter((value) => !value.startsWith('"v=spf1'))
  const aliases = zones.list().filter((set) => set.type === 'CNAME' && set.name.endsWith(`.${ACME.domain}`))
  const published = texts.length > 0 || aliases.some((set) => !set.name.startsWith('autodiscover.'))
  return {
    title: 'Validate your domain',
    text: html`Open <i>Validate your domains</i>, copy the value of the TXT record, and press
      <a href="#publish">Publish what I copied</a> here.`,
    done: published,
    seen: published ? 'A record that proves ownership is published' : 'No such record yet',
  }
}

function addUsers(): GuideStep {
  return {
    title: 'Add users',
    text: html`Open <i>Add users manually</i> and add <code>ann@acme.example</code>, then
      <code>bob@acme.example</code>. Both have mailboxes; nobody@acme.example has none.`,
    done: null,
    seen: 'Connect shows whether this is done',
  }
}

function inbound(world: World): GuideStep {
  const host = world.mailbox()
  // What strangers bring past the gateway proves no route.
  const tested = host.messages().some(({ clientIp }) => clientIp === world.acme.host)
  return {
    title: 'Prepare for inbound email',
    text: html`Open <i>Prepare for inbound email</i> and add the delivery route. Send the test message to Ada and
      confirm that it arrived: it is in <a href="#mailboxes">Acme’s mailboxes</a> below, with a raw view to copy.`,
    done: tested,
    seen: tested ? `${host.name} received ${host.total()}` : `Nothing reached ${host.name} yet`,
    values: [
      ['Mail host', host.name],
      ['Port', String(host.port)],
    ],
  }
}

function outbound(world: World): GuideStep {
  const environment = world.environment()
  const seen = world.outside.messages().some((message) => message.reversePath.endsWith(`@${ACME.domain}`))
  return {
    title: 'Set up your outbound email',
    text: OUTBOUND[environment],
    done: seen,
    seen: seen
      ? 'A message from acme.example reached the outside'
      : 'Waits for a message from acme.example outside',
    ...(environment === 'on-premises' || environment === 'hybrid'
      ? { values: [['IP address', ACME.publicIp] as const] }
      : {}),
    record: `${ACME.domain}. TXT "v=spf1 include:spf.${GATEWAY_NAME} ip4:${ACME.publicIp} -all"`,
  }
}

const OUTBOUND: { readonly [Name in Environment]: Markup } = {
  'on-premises': html`Open <i>Set up your outbound email</i> and authorise the address. Then press
    <a href="#send">Ann writes to Ben of Bright</a>. The SPF record may be published too.`,
  'microsoft-365': html`Open <i>Set up your outbound email</i> and switch on <i>We send through Microsoft 365</i>:
    Gatepost looks up the tenant id. Then press <a href="#send">Ann writes to Ben from the cloud</a>.`,
  hybrid: html`Both halves send: authorise the address, switch on <i>We send through Microsoft 365</i>, then press
    <a href="#send">Ann writes to Ben of Bright</a> and <a href="#send">Ann writes to Ben from the cloud</a>.`,
  'google-workspace': html`Open <i>Set up your outbound email</i>, switch on <i>We send through Google Workspace</i>,
    make the header value, copy it, and press <a href="#cloud">Take the header value that I copied</a> here: that is
    the rule in Google’s console. Then press <a href="#send">Ann writes to Ben from the cloud</a>.`,
}

function recipients(world: World): GuideStep {
  const attempts = world.actions().filter((action) => action.kind === 'unknown-recipient')
  const refused = attempts[0]?.result.replies.some((reply) => reply.code === 550) ?? false
  return {
    title: 'Set up recipient validation',
    text: html`Open <i>Set up recipient validation</i>, choose <i>known recipients</i> and save. Then press
      <a href="#send">Ben of Bright writes to nobody</a>: the reply is 550 5.1.1.`,
    done: refused,
    seen: refused ? 'An unknown recipient was refused' : 'No unknown recipient was refused yet',
  }
}

function exchange(world: World): GuideStep {
  const values = world.dns.zones.get(ACME.domain, 'MX')
  const changed = values.length > 0 && values.every((value) => value.includes('gatepost'))
  const arrived = world
    .mailbox()
    .messages()
    .some((message) => message.reversePath.endsWith('@bright.example'))
  const waits = changed
    ? 'The MX is changed; waits for a message from outside'
    : 'The MX is still the old one'
  return {
    title: 'Modify your MX record',
    text: html`Open <i>Modify your MX record</i>, publish the MX that it shows, press <i>Check now</i> there, then
      <a href="#send">Ben of Bright writes to Ann</a> here. In the console, <i>Messages</i> tells why each was
      accepted.`,
    done: changed && arrived,
    seen: changed && arrived ? 'The MX names Gatepost and mail arrives through it' : waits,
    record: `${ACME.domain}. MX 10 ${GATEWAY_NAME}.`,
  }
}

function lock(world: World): GuideStep {
  const locked = world.isLocked()
  return {
    title: 'Close the way past Gatepost',
    text: html`Press <a href="#events">The firewall lets in the gateway only</a>, then let <i>Secure your inbound
      email</i> check in Connect; <i>Firewall lockdown</i> follows. <a href="#send">A stranger goes past the
      gateway</a> shows the same from here.`,
    done: locked,
    seen: locked
      ? 'The mail host takes mail from the gateway only'
      : 'The mail host takes mail from everybody',
  }
}
