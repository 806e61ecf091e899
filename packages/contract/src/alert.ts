// Alerts (U5): what is wrong now, who takes care of it, and the channels that carry word of it to somebody
// who may be far from this gateway.
import * as z from 'zod'
import { Address, Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { Said } from './saying.ts'

/** What an alert is about: a closed list, each with its words. */
export const alertKinds = {
  'route-down': 'Mail host does not take mail',
  'queue-age': 'Mail waits too long',
  'certificate-expiring': 'A certificate expires',
  'certificate-trouble': 'Trouble with a certificate',
  'secret-expiring': 'A secret expires',
  'sync-failing': 'A directory cannot be read',
  'journal-silent': 'No journal reports arrive',
  'dns-drift': 'A DNS record changed',
  'lock-drift': 'The mail host is open again',
  'block-listed': 'Our address is on a block list',
  disk: 'The disk fills up',
  takeover: 'An account may be taken over',
  'archive-failing': 'Mail is not archived',
  'scanner-down': 'A scanner does not answer',
  'agent-silent': 'An agent is silent',
  'domain-claimed': 'A domain is claimed',
} as const
export type AlertKind = keyof typeof alertKinds
export const AlertKind = z.enum(Object.keys(alertKinds) as [AlertKind, ...AlertKind[]])

export const AlertSeverity = z.enum(['warning', 'critical'])
export type AlertSeverity = z.infer<typeof AlertSeverity>

/** What happened to an alert, as channels tell it. */
export const AlertEvent = z.enum(['raised', 'escalated', 'cleared', 'test'])
export type AlertEvent = z.infer<typeof AlertEvent>

export const AlertSend = z.object({
  id: z.string(),
  event: AlertEvent,
  channel: z.enum(['webhook', 'mail']),
  /** The webhook's address or the mail address it went to; null before the first attempt. */
  target: z.string().nullable(),
  state: z.enum(['waiting', 'sent', 'failed', 'dropped']),
  attempts: z.int(),
  createdAt: Time,
  /** When it is tried next, while it waits. */
  dueAt: Time,
  sentAt: Time.nullable(),
  /** Why the last attempt failed. */
  why: z.string().nullable(),
})
export type AlertSend = z.infer<typeof AlertSend>

/** Its texts as codes, for pages in other languages; one is left out where its text has no code. */
export const AlertSaid = z.object({
  subject: Said.optional(),
  text: Said.optional(),
  remedy: Said.optional(),
})
export type AlertSaid = z.infer<typeof AlertSaid>

export const Alert = z.object({
  id: z.string(),
  /** Null for the installation's own. */
  organization: z.object({ id: z.string(), slug: z.string(), name: z.string() }).nullable(),
  kind: AlertKind,
  /** What it is about, such as a host or a domain. */
  subject: z.string(),
  severity: AlertSeverity,
  state: z.enum(['open', 'acknowledged', 'muted', 'cleared']),
  /** What happened and what it means for mail. */
  text: z.string(),
  /** What to do. */
  remedy: z.string(),
  said: AlertSaid.optional(),
  /** The page that shows more, below the console's address. */
  link: z.string(),
  raisedAt: Time,
  seenAt: Time,
  clearedAt: Time.nullable(),
  acknowledgedAt: Time.nullable(),
  acknowledgedBy: z.string().nullable(),
  mutedUntil: Time.nullable(),
  escalatedAt: Time.nullable(),
})
export type Alert = z.infer<typeof Alert>

const AlertWithSends = Alert.extend({ sends: z.array(AlertSend) })
export type AlertWithSends = z.infer<typeof AlertWithSends>

export const AlertQuery = PageQuery.extend({
  state: z.enum(['open', 'all']).default('open').describe('Open ones, or cleared ones too'),
})

const Listed = pageOf(Alert).extend({
  /** Open ones that nobody acknowledged or muted. */
  unattended: z.int(),
})

const AlertPath = TenantPath.extend({ alert: z.string() })
const SystemAlertPath = z.object({ alert: z.string() })
/** Null ends the muting. */
const Mute = z.object({ hours: z.int().min(1).max(720).nullable() })

const common = { tag: 'Alerts', query: Nothing, body: Nothing } as const

export const listAlerts = endpoint({
  ...common,
  name: 'listAlerts',
  method: 'GET',
  path: '/v1/tenants/{tenant}/alerts',
  allow: 'alerts:read',
  summary: 'What is wrong now, newest first; with `state=all` what was wrong within half a year.',
  params: TenantPath,
  query: AlertQuery,
  output: Listed,
  status: 200,
  problems: ['not-found'],
})

export const getAlert = endpoint({
  ...common,
  name: 'getAlert',
  method: 'GET',
  path: '/v1/tenants/{tenant}/alerts/{alert}',
  allow: 'alerts:read',
  summary: 'One alert with everything that was sent about it.',
  params: AlertPath,
  output: AlertWithSends,
  status: 200,
  problems: ['not-found'],
})

export const acknowledgeAlert = endpoint({
  ...common,
  name: 'acknowledgeAlert',
  method: 'POST',
  path: '/v1/tenants/{tenant}/alerts/{alert}/acknowledge',
  allow: 'alerts:write',
  summary: 'Somebody takes care of it: it is not escalated.',
  params: AlertPath,
  output: AlertWithSends,
  status: 200,
  problems: ['not-found'],
})

export const muteAlert = endpoint({
  ...common,
  name: 'muteAlert',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/alerts/{alert}/mute',
  allow: 'alerts:write',
  summary: 'Sends nothing about it for some hours; if it lasts longer, word is sent again.',
  params: AlertPath,
  body: Mute,
  output: AlertWithSends,
  status: 200,
  problems: ['not-found'],
})

/** Where word of alerts goes. The secret is shown when it is made, never again. */
export const AlertChannel = z.object({
  webhook: z.object({ url: z.string(), secretSetAt: Time.nullable() }).nullable(),
  /** Null takes the emergency contact's address. */
  email: z.string().nullable(),
  /** The addresses that mail goes to as it is set. */
  mailsTo: z.array(z.string()),
  /** True while every address is in a domain of the organisation: mail there crosses this gateway. */
  mailCrossesUs: z.boolean(),
  /** Critical alerts that nobody acknowledged go to this address too. Null tells the same addresses again. */
  escalateTo: z.string().nullable(),
  /** Minutes until then; null never escalates. */
  escalateMinutes: z.int().nullable(),
  /** Kinds that nothing is sent about; they are listed all the same. */
  silenced: z.array(AlertKind),
  revision: z.int(),
  lastSends: z.array(AlertSend),
})
export type AlertChannel = z.infer<typeof AlertChannel>

const ChannelChange = z.object({
  /** An `https:` address; null removes the webhook. */
  webhookUrl: z.string().trim().max(2_000).nullable().optional(),
  email: Address.nullable().optional(),
  escalateTo: Address.nullable().optional(),
  escalateMinutes: z.int().min(5).max(1_440).nullable().optional(),
  silenced: z.array(AlertKind).optional(),
})
export type ChannelChange = z.infer<typeof ChannelChange>

/** The channel, and the new secret where one was made: shown once. */
const ChannelChanged = z.object({ channel: AlertChannel, secret: z.string().nullable() })
export type ChannelChanged = z.infer<typeof ChannelChanged>

const CHANNEL = '/v1/tenants/{tenant}/alert-channel'

export const getAlertChannel = endpoint({
  ...common,
  name: 'getAlertChannel',
  method: 'GET',
  path: CHANNEL,
  allow: 'alerts:read',
  summary: 'Where word of alerts goes, and what was sent last.',
  params: TenantPath,
  output: AlertChannel,
  status: 200,
  problems: ['not-found'],
})

export const setAlertChannel = endpoint({
  ...common,
  name: 'setAlertChannel',
  method: 'PATCH',
  path: CHANNEL,
  allow: 'alerts:write',
  summary:
    'Sets webhook, mail address and escalation. A first webhook makes a secret, shown in this answer alone.',
  params: TenantPath,
  body: ChannelChange,
  output: ChannelChanged,
  status: 200,
  problems: ['invalid-input', 'not-found'],
})

export const renewAlertSecret = endpoint({
  ...common,
  name: 'renewAlertSecret',
  method: 'POST',
  path: `${CHANNEL}/secret`,
  allow: 'alerts:write',
  summary: 'Makes a new secret for the webhook’s signature; the old one ends at once.',
  params: TenantPath,
  output: ChannelChanged,
  status: 200,
  problems: ['not-found'],
})

export const testAlertChannel = endpoint({
  ...common,
  name: 'testAlertChannel',
  method: 'POST',
  path: `${CHANNEL}/test`,
  allow: 'alerts:write',
  summary: 'Sends a test through every channel now, and tells what became of it.',
  params: TenantPath,
  output: z.object({ sends: z.array(AlertSend) }),
  status: 200,
  problems: ['check-too-soon', 'not-found'],
})

const SYSTEM_CHANNEL = '/v1/system/alert-channel'

export const listSystemAlerts = endpoint({
  ...listAlerts,
  name: 'listSystemAlerts',
  path: '/v1/system/alerts',
  allow: 'system:read',
  summary: 'What is wrong with the installation, and on request in any organisation.',
  params: Nothing,
  query: AlertQuery.extend({ of: z.enum(['installation', 'everybody']).default('installation') }),
  problems: [],
})

export const getSystemAlert = endpoint({
  ...getAlert,
  name: 'getSystemAlert',
  path: '/v1/system/alerts/{alert}',
  allow: 'system:read',
  summary: 'One alert of the installation with everything that was sent about it.',
  params: SystemAlertPath,
})

export const acknowledgeSystemAlert = endpoint({
  ...acknowledgeAlert,
  name: 'acknowledgeSystemAlert',
  path: '/v1/system/alerts/{alert}/acknowledge',
  allow: 'system:write',
  params: SystemAlertPath,
})

export const muteSystemAlert = endpoint({
  ...muteAlert,
  name: 'muteSystemAlert',
  path: '/v1/system/alerts/{alert}/mute',
  allow: 'system:write',
  params: SystemAlertPath,
})

export const getSystemAlertChannel = endpoint({
  ...getAlertChannel,
  name: 'getSystemAlertChannel',
  path: SYSTEM_CHANNEL,
  allow: 'system:read',
  summary: 'Where word of the installation’s alerts goes.',
  params: Nothing,
  problems: [],
})

export const setSystemAlertChannel = endpoint({
  ...setAlertChannel,
  name: 'setSystemAlertChannel',
  path: SYSTEM_CHANNEL,
  allow: 'system:write',
  params: Nothing,
  problems: ['invalid-input'],
})

export const renewSystemAlertSecret = endpoint({
  ...renewAlertSecret,
  name: 'renewSystemAlertSecret',
  path: `${SYSTEM_CHANNEL}/secret`,
  allow: 'system:write',
  params: Nothing,
})

export const testSystemAlertChannel = endpoint({
  ...testAlertChannel,
  name: 'testSystemAlertChannel',
  path: `${SYSTEM_CHANNEL}/test`,
  allow: 'system:write',
  params: Nothing,
  problems: ['check-too-soon'],
})
