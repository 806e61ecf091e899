// The operator's view of all organisations (V1): progress of each Connect, adding one in two minutes, usage.
import * as z from 'zod'
import { Address, DomainName, Environment, Nothing, Time } from './common.ts'
import { StepName } from './connect.ts'
import { endpoint, TextFile } from './endpoint.ts'
import { EnvironmentProposal } from './setup.ts'
import { EmergencyContact, Tenant } from './tenant.ts'

export const PortfolioRow = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  primaryDomain: z.string(),
  environment: Environment,
  createdAt: Time,
  users: z.int(),
  required: z.int(),
  requiredDone: z.int(),
  /** The first mandatory step that is not done; null when all are. */
  next: z.object({ step: StepName, title: z.string(), needsAttention: z.boolean() }).nullable(),
  /** Whole days since anything moved in its Connect, while a mandatory step is open. */
  idleDays: z.int(),
  template: z.string().nullable(),
  /** Leaves on this day; null for those that stay. */
  leavingAt: Time.nullable(),
})
export type PortfolioRow = z.infer<typeof PortfolioRow>

export const getPortfolio = endpoint({
  name: 'getPortfolio',
  method: 'GET',
  path: '/v1/portfolio',
  tag: 'Operators',
  allow: 'signed-in',
  summary: 'Organisations that the asker may see, with the progress of each Connect.',
  params: Nothing,
  query: z.object({
    search: z.string().trim().max(200).optional(),
    state: z.enum(['all', 'open', 'attention', 'done', 'leaving']).default('all'),
    sort: z.enum(['overdue', 'name', 'newest']).default('overdue'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    /** `next` of the page before. */
    after: z.string().max(20).optional(),
  }),
  body: Nothing,
  output: z.object({ items: z.array(PortfolioRow), next: z.string().nullable(), total: z.int() }),
  status: 200,
  problems: [],
})

export const proposeForDomain = endpoint({
  name: 'proposeForDomain',
  method: 'GET',
  path: '/v1/system/environment',
  tag: 'Operators',
  allow: 'system:write',
  summary: 'Reads a domain’s records and proposes the environment of an organisation to add.',
  params: Nothing,
  query: z.object({ domain: DomainName }),
  body: Nothing,
  output: EnvironmentProposal,
  status: 200,
  problems: ['invalid-input'],
})

export const addOrganization = endpoint({
  name: 'addOrganization',
  method: 'POST',
  path: '/v1/system/organizations',
  tag: 'Operators',
  allow: 'system:write',
  summary: 'Adds an organisation by a template, and invites its administrator.',
  params: Nothing,
  query: Nothing,
  body: z.object({
    name: z.string().trim().min(1).max(120),
    primaryDomain: DomainName,
    claim: z
      .boolean()
      .optional()
      .describe('Claims the domain where another organisation holds it; see `addDomain`'),
    /** Null: the template's, else what the records say, else other. */
    environment: Environment.nullable().default(null),
    /** Null: the template's, else the invited administrator. */
    emergencyContact: EmergencyContact.nullable().default(null),
    template: z.string().max(80).nullable().default(null),
    invite: z
      .object({ name: z.string().trim().min(1).max(120), email: Address, send: z.enum(['mail', 'show']) })
      .nullable()
      .default(null),
  }),
  output: z.object({
    tenant: Tenant,
    environmentFrom: z.enum(['input', 'template', 'dns', 'fallback']),
    /** Shown once; null where it was mailed or nobody was invited. */
    invitation: z.string().nullable(),
    mailed: z.boolean(),
    /** What could not be done, in sentences. The organisation is there all the same. */
    left: z.array(z.string()),
  }),
  status: 201,
  problems: ['invalid-input', 'domain-taken', 'not-found'],
})

/** Of one organisation in one month. */
export const UsageRow = z.object({
  tenant: z.string(),
  slug: z.string(),
  name: z.string(),
  inbound: z.int(),
  outbound: z.int(),
  refused: z.int(),
  /** Of all messages that passed, as received. */
  octets: z.int(),
  /** The most users on any day. */
  users: z.int(),
  /** Octets in the archive at the end of the month, or now. */
  stored: z.int(),
})
export type UsageRow = z.infer<typeof UsageRow>

const Month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
  .describe('Month such as 2026-11')

export const getUsage = endpoint({
  name: 'getUsage',
  method: 'GET',
  path: '/v1/system/usage',
  tag: 'Operators',
  allow: 'system:read',
  summary: 'Messages, users and storage of each organisation in a month.',
  params: Nothing,
  query: z.object({ month: Month.optional() }),
  body: Nothing,
  output: z.object({
    month: z.string(),
    /** Months that there are figures of, newest first. */
    months: z.array(z.string()),
    items: z.array(UsageRow),
    countedAt: Time.nullable(),
  }),
  status: 200,
  problems: [],
})

export const exportUsage = endpoint({
  name: 'exportUsage',
  method: 'GET',
  path: '/v1/system/usage.csv',
  tag: 'Operators',
  allow: 'system:read',
  summary: 'The same as CSV.',
  params: Nothing,
  query: z.object({ month: Month.optional() }),
  body: Nothing,
  output: TextFile,
  file: { mediaType: 'text/csv', name: 'usage.csv' },
  status: 200,
  problems: [],
})
