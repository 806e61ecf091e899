// How long which data is kept, holds, and what is stored of a person: exported, erased (A8).
import * as z from 'zod'
import { Address, Nothing, TenantPath, Time } from './common.ts'
import { endpoint, TextFile } from './endpoint.ts'

/** Holds of one organisation. */
export const HOLDS_MAX = 1_000

/** Classes of data as data: what they are, how long they are kept as they come, and within which bounds. */
export const retentionClasses = {
  tracking: {
    name: 'Message tracking',
    means: 'Where each message is and why. Content is not part of it.',
    usual: 30,
    min: 1,
    max: 365,
    forever: false,
  },
  held: {
    name: 'Held mail',
    means: 'Messages that wait for a decision; after that they are returned or discarded.',
    usual: 14,
    min: 1,
    max: 14,
    forever: false,
  },
  audit: {
    name: 'Audit log',
    means: 'Who changed or looked at what. What goes is noted in the log.',
    usual: null,
    min: 365,
    max: 3_650,
    forever: true,
  },
  activity: {
    name: 'Activity of Connect',
    means: 'The sentences beside the steps of Connect.',
    usual: 180,
    min: 7,
    max: 180,
    forever: false,
  },
  imports: {
    name: 'Imported files',
    means: 'Spreadsheets and lists as they were uploaded.',
    usual: 90,
    min: 1,
    max: 90,
    forever: false,
  },
  'seen-recipients': {
    name: 'Recipients seen',
    means: 'Addresses that mail was accepted for without being listed.',
    usual: 365,
    min: 7,
    max: 1_095,
    forever: false,
  },
  synchronisations: {
    name: 'Synchronisations',
    means: 'Runs of directories with each change they made.',
    usual: 365,
    min: 7,
    max: 1_095,
    forever: false,
  },
} as const satisfies {
  readonly [name: string]: {
    readonly name: string
    readonly means: string
    readonly usual: number | null
    readonly min: number
    readonly max: number
    readonly forever: boolean
  }
}
export type RetentionClass = keyof typeof retentionClasses
export const RetentionClass = z.enum(Object.keys(retentionClasses) as [RetentionClass, ...RetentionClass[]])

/** Kept for as long as said by others: told beside the rest, and not to be changed here. */
export const fixedRetention: readonly { readonly name: string; readonly kept: string }[] = [
  { name: 'Ended sign-ins', kept: '30 days after their end' },
  { name: 'Delivery queue', kept: '4 days of attempts' },
  { name: 'Greylisting, those that passed', kept: '36 days' },
  { name: 'Auto allow', kept: '120 days after the last message to the sender' },
  { name: 'Managed senders', kept: 'until somebody removes them' },
]

const RetentionView = z.object({
  items: z.array(
    z.object({
      class: RetentionClass,
      /** Null: for ever. */
      days: z.int().nullable(),
      /** As it comes: nobody chose. */
      usual: z.boolean(),
      changedAt: Time.nullable(),
      changedBy: z.string().nullable(),
      lastRunAt: Time.nullable(),
      lastRemoved: z.int(),
    }),
  ),
  holds: z.array(
    z.object({
      id: z.string(),
      address: z.string(),
      reason: z.string(),
      createdAt: Time,
      createdBy: z.string(),
    }),
  ),
})
export type RetentionView = z.infer<typeof RetentionView>

export const getRetention = endpoint({
  name: 'getRetention',
  method: 'GET',
  path: '/v1/tenants/{tenant}/retention',
  tag: 'Retention',
  allow: 'retention:read',
  summary: 'How long each class of data is kept, what the last night removed, and holds.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: RetentionView,
  status: 200,
  problems: ['not-found'],
})

export const setRetention = endpoint({
  name: 'setRetention',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/retention',
  tag: 'Retention',
  allow: 'retention:write',
  summary: 'Keeps a class of data for other days, within its bounds; effective with the next night.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    class: RetentionClass,
    /** Null keeps it for ever, where that is possible. */
    days: z.int().nullable(),
  }),
  output: RetentionView,
  status: 200,
  problems: ['not-found', 'invalid-input'],
})

export const addHold = endpoint({
  name: 'addHold',
  method: 'POST',
  path: '/v1/tenants/{tenant}/holds',
  tag: 'Retention',
  allow: 'retention:write',
  summary: 'Keeps the data of an address from being erased until the hold ends.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ address: Address, reason: z.string().trim().min(1, 'Say why').max(300) }),
  output: RetentionView,
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached'],
})

export const removeHold = endpoint({
  name: 'removeHold',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/holds/{hold}',
  tag: 'Retention',
  allow: 'retention:write',
  summary: 'Ends a hold.',
  params: TenantPath.extend({ hold: z.string() }),
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const exportPerson = endpoint({
  name: 'exportPerson',
  method: 'GET',
  path: '/v1/tenants/{tenant}/people/export',
  tag: 'Retention',
  allow: 'people:export',
  summary: 'Everything that is stored of an address, as JSON. The export is noted in the audit log.',
  params: TenantPath,
  query: z.object({ address: Address }),
  body: Nothing,
  output: TextFile,
  file: { mediaType: 'application/json', name: 'person.json' },
  status: 200,
  problems: ['not-found'],
})

export const Erasure = z.object({
  /** The receipt: what went, and what stays and why. */
  address: z.string(),
  erasedAt: Time,
  auditId: z.string(),
  removed: z.object({
    user: z.boolean(),
    account: z.boolean(),
    senders: z.int(),
    messages: z.int(),
    seen: z.int(),
    invitations: z.int(),
    /** Notes of digests, decided held mail, reports, collected contacts and deferrals. */
    traces: z.int(),
  }),
  stays: z.array(z.string()),
})
export type Erasure = z.infer<typeof Erasure>

export const erasePerson = endpoint({
  name: 'erasePerson',
  method: 'POST',
  path: '/v1/tenants/{tenant}/people/erase',
  tag: 'Retention',
  allow: 'people:erase',
  summary: 'Erases what is stored of an address and answers with a receipt. A hold wins.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    address: Address,
    /** The address again, so that nobody erases by accident. */
    again: Address,
  }),
  output: Erasure,
  status: 200,
  problems: ['not-found', 'invalid-input', 'on-hold', 'user-has-role', 'user-from-directory'],
})
