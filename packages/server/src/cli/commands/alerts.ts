// `alerts`: what is wrong, who takes care of it, and where word of it goes.
import {
  type Alert,
  type AlertChannel,
  type AlertSend,
  acknowledgeAlert,
  acknowledgeSystemAlert,
  alertKinds,
  type ChannelChange,
  getAlertChannel,
  getSystemAlertChannel,
  listAlerts,
  listSystemAlerts,
  muteAlert,
  muteSystemAlert,
  renewAlertSecret,
  renewSystemAlertSecret,
  setAlertChannel,
  setSystemAlertChannel,
  testAlertChannel,
  testSystemAlertChannel,
} from '@gatepost/contract/alert.ts'
import { type Command, type Context, command, numberOf, UsageError } from '../command.ts'
import { facts, table } from '../layout.ts'
import { timeOf } from '../words.ts'

const OF_INSTALLATION = {
  name: 'installation',
  value: null,
  means: 'Those of the installation itself instead of the organisation’s.',
} as const

export const alertCommands: readonly Command[] = [
  command({
    path: 'alerts list',
    flags: [
      OF_INSTALLATION,
      { name: 'everybody', value: null, means: 'Of the installation and of every organisation.' },
      { name: 'all', value: null, means: 'With those that are over.' },
      { name: 'limit', value: 'N', means: 'At most so many (50, up to 500).' },
    ],
    means: 'What is wrong now. Exit code 1 while something is open that nobody acknowledged.',
    run: list,
  }),
  command({
    path: 'alerts acknowledge',
    args: ['ALERT'],
    flags: [OF_INSTALLATION],
    means: 'You take care of it: it is not escalated.',
    run: acknowledge,
  }),
  command({
    path: 'alerts mute',
    args: ['ALERT', 'HOURS'],
    flags: [OF_INSTALLATION],
    means: 'Sends nothing about it for so many hours; 0 ends that.',
    run: mute,
  }),
  command({
    path: 'alerts channel',
    flags: [OF_INSTALLATION],
    means: 'Where word of alerts goes, and what was sent last.',
    run: async (context) => {
      const channel = await channelOf(context)
      context.show(channel, () => channelText(channel))
      return 0
    },
  }),
  command({
    path: 'alerts channel set',
    flags: [
      OF_INSTALLATION,
      { name: 'webhook', value: 'URL', means: 'Address of the webhook; “none” removes it.' },
      { name: 'email', value: 'ADDRESS', means: 'Mail goes there; “contact” takes the emergency contact.' },
      { name: 'escalate-to', value: 'ADDRESS', means: 'Who is told when nobody acknowledged; “none”.' },
      { name: 'escalate-after', value: 'MINUTES', means: 'After so many minutes; “never”.' },
    ],
    means: 'Sets where word goes. A new webhook’s secret is printed, once.',
    run: setChannel,
  }),
  command({
    path: 'alerts channel renew-secret',
    flags: [OF_INSTALLATION],
    means: 'Makes a new secret for the webhook’s signature and prints it, once.',
    run: async (context) => {
      const { call, isSet, tenant, show } = context
      const changed = isSet('installation')
        ? await call(renewSystemAlertSecret)
        : await call(renewAlertSecret, { params: { tenant: await tenant() } })
      show(changed, () => `Secret: ${changed.secret ?? ''}\n`)
      return 0
    },
  }),
  command({
    path: 'alerts test',
    flags: [OF_INSTALLATION],
    means: 'Sends a test through every channel. Exit code 1 when one did not take it.',
    run: test,
  }),
]

async function list({ call, flag, isSet, tenant, show }: Context): Promise<number> {
  const limit = numberOf(flag('limit') ?? '50', '--limit')
  const state = isSet('all') ? 'all' : 'open'
  const everybody = isSet('everybody')
  const page =
    everybody || isSet('installation')
      ? await call(listSystemAlerts, {
          query: { limit, state, of: everybody ? 'everybody' : 'installation' },
        })
      : await call(listAlerts, { params: { tenant: await tenant() }, query: { limit, state } })
  show(page, () =>
    page.items.length === 0 ? 'Nothing is wrong.\n' : page.items.map((alert) => alertText(alert)).join('\n'),
  )
  return page.items.some((alert) => alert.state === 'open') ? 1 : 0
}

async function acknowledge({ call, arg, isSet, tenant, show }: Context): Promise<number> {
  const alert = isSet('installation')
    ? await call(acknowledgeSystemAlert, { params: { alert: arg(0) } })
    : await call(acknowledgeAlert, { params: { tenant: await tenant(), alert: arg(0) } })
  show(alert, () => alertText(alert))
  return 0
}

async function mute({ call, arg, isSet, tenant, show }: Context): Promise<number> {
  const body = { hours: arg(1) === '0' ? null : numberOf(arg(1), 'HOURS') }
  const alert = isSet('installation')
    ? await call(muteSystemAlert, { params: { alert: arg(0) }, body })
    : await call(muteAlert, { params: { tenant: await tenant(), alert: arg(0) }, body })
  show(alert, () => alertText(alert))
  return 0
}

async function channelOf({ call, isSet, tenant }: Context): Promise<AlertChannel> {
  if (isSet('installation')) return call(getSystemAlertChannel)
  return call(getAlertChannel, { params: { tenant: await tenant() } })
}

async function setChannel({ call, flag, isSet, tenant, show }: Context): Promise<number> {
  const body: ChannelChange = {
    ...(flag('webhook') === undefined ? {} : { webhookUrl: orNull(flag('webhook'), 'none') }),
    ...(flag('email') === undefined ? {} : { email: orNull(flag('email'), 'contact') }),
    ...(flag('escalate-to') === undefined ? {} : { escalateTo: orNull(flag('escalate-to'), 'none') }),
    ...(flag('escalate-after') === undefined ? {} : { escalateMinutes: minutesOf(flag('escalate-after')) }),
  }
  if (Object.keys(body).length === 0) throw new UsageError('Say what to set, such as --webhook URL')
  const { channel, secret } = isSet('installation')
    ? await call(setSystemAlertChannel, { body })
    : await call(setAlertChannel, { params: { tenant: await tenant() }, body })
  show(
    { channel, secret },
    () => `${channelText(channel)}${secret === null ? '' : `Secret of the webhook, shown once: ${secret}\n`}`,
  )
  return 0
}

async function test({ call, isSet, tenant, show }: Context): Promise<number> {
  const { sends } = isSet('installation')
    ? await call(testSystemAlertChannel)
    : await call(testAlertChannel, { params: { tenant: await tenant() } })
  show({ sends }, () => sendsText(sends))
  return sends.every(({ state }) => state === 'sent') ? 0 : 1
}

function orNull(value: string | undefined, none: string): string | null {
  return value === undefined || value === none ? null : value
}

function minutesOf(value: string | undefined): number | null {
  return value === undefined || value === 'never' ? null : numberOf(value, '--escalate-after')
}

function alertText(alert: Alert): string {
  const { organization, acknowledgedBy } = alert
  return facts([
    ['Alert', `${alertKinds[alert.kind]}: ${alert.subject}`],
    ['Id', alert.id],
    ['Of', organization === null ? 'the installation' : organization.name],
    ['State', `${alert.state}, ${alert.severity}${acknowledgedBy === null ? '' : `, by ${acknowledgedBy}`}`],
    ['Since', timeOf(alert.raisedAt)],
    ['What', alert.text],
    ['To do', alert.remedy],
  ])
}

function channelText(channel: AlertChannel): string {
  const { webhook, mailsTo, mailCrossesUs, escalateMinutes, escalateTo } = channel
  return [
    facts([
      ['Webhook', webhook === null ? 'none' : `${webhook.url}, secret set ${timeOf(webhook.secretSetAt)}`],
      ['Mail', mailsTo.length === 0 ? 'nobody' : mailsTo.join(', ')],
      ['Escalation', escalateMinutes === null ? 'never' : `after ${escalateMinutes} minutes`],
      ['Escalated to', escalateTo ?? 'the same addresses'],
    ]),
    mailCrossesUs && webhook === null
      ? 'Mail alone goes through this gateway: when it stands still, nobody is told. Add a webhook or an outside address.\n'
      : '',
    sendsText(channel.lastSends),
  ].join('')
}

function sendsText(sends: readonly AlertSend[]): string {
  if (sends.length === 0) return ''
  return table(
    ['When', 'Event', 'Channel', 'To', 'State', 'Why'],
    sends.map((send) => [
      timeOf(send.createdAt),
      send.event,
      send.channel,
      send.target ?? '-',
      send.state,
      send.why ?? '',
    ]),
    '',
  )
}
