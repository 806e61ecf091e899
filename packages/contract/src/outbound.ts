// Outbound (C6, O3, O4, 6.8): logins of mail hosts, shared clouds and what proves an organisation there,
// limits, and senders that sent far more than they used to.
import * as z from 'zod'
import { Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

const CredentialPath = TenantPath.extend({ credential: z.string() })
const WarningPath = TenantPath.extend({ warning: z.string() })
const common = { tag: 'Mail flow', query: Nothing, body: Nothing } as const

/** A login of a mail host. The password is shown once, when it is made. */
export const SmtpCredential = z.object({
  id: z.string(),
  name: z.string(),
  username: z.string(),
  createdAt: Time,
  createdBy: z.string(),
  /** When the password was made. */
  changedAt: Time,
  lastSeenAt: Time.nullable(),
  /** The address it was last used from. */
  lastAddress: z.string().nullable(),
})
export type SmtpCredential = z.infer<typeof SmtpCredential>

const NewCredential = z.object({
  credential: SmtpCredential,
  /** 160 random bits; kept nowhere. */
  password: z.string(),
})
export type NewCredential = z.infer<typeof NewCredential>

export const listCredentials = endpoint({
  ...common,
  name: 'listCredentials',
  method: 'GET',
  path: '/v1/tenants/{tenant}/outbound/credentials',
  allow: 'outbound:read',
  summary: 'Logins of mail hosts, with their last use.',
  params: TenantPath,
  output: z.object({ items: z.array(SmtpCredential), hosts: z.array(z.string()) }),
  status: 200,
  problems: ['not-found'],
})

export const addCredential = endpoint({
  ...common,
  name: 'addCredential',
  method: 'POST',
  path: '/v1/tenants/{tenant}/outbound/credentials',
  allow: 'outbound:write',
  summary: 'Makes a login for a mail host. The answer holds the password, once.',
  params: TenantPath,
  body: z.object({ name: z.string().trim().min(1).max(120).describe('Which host it is for') }),
  output: NewCredential,
  status: 201,
  problems: ['invalid-input', 'limit-reached'],
})

export const renewCredential = endpoint({
  ...common,
  name: 'renewCredential',
  method: 'POST',
  path: '/v1/tenants/{tenant}/outbound/credentials/{credential}/password',
  allow: 'outbound:write',
  summary: 'Makes a new password; the old one ends within seconds, also in open sessions.',
  params: CredentialPath,
  output: NewCredential,
  status: 200,
  problems: ['not-found'],
})

export const removeCredential = endpoint({
  ...common,
  name: 'removeCredential',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/outbound/credentials/{credential}',
  allow: 'outbound:write',
  summary: 'Revokes a login within seconds, also in open sessions.',
  params: CredentialPath,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const CloudProviderName = z.enum(['microsoft-365', 'google-workspace'])
const CloudPath = TenantPath.extend({ provider: CloudProviderName })

/** A shared cloud, and what proves that a message from there is the organisation's. */
export const Cloud = z.object({
  provider: CloudProviderName,
  name: z.string(),
  /** The organisation sends through it. */
  enabled: z.boolean(),
  /** Ids at the provider, each proven by a validated domain. */
  ids: z.array(z.object({ id: z.string(), domain: z.string(), provenAt: Time, checkedAt: Time })),
  /** The header that a rule of the host adds, and when its secret was made; never the secret. */
  secretHeader: z.string(),
  secretAt: Time.nullable(),
  /** The provider's addresses as we know them. */
  ranges: z.object({
    count: z.int(),
    source: z.string(),
    /** When they were read from there; null while they are those of this release. */
    readAt: Time.nullable(),
    /** Looks in vain since, and why the last one was. */
    failures: z.int(),
    why: z.string().nullable(),
  }),
  lastSeenAt: Time.nullable(),
})
export type Cloud = z.infer<typeof Cloud>

const Clouds = z.object({ items: z.array(Cloud) })

export const listClouds = endpoint({
  ...common,
  name: 'listClouds',
  method: 'GET',
  path: '/v1/tenants/{tenant}/outbound/clouds',
  allow: 'outbound:read',
  summary: 'Shared clouds that the organisation may send through, and how it proves itself there.',
  params: TenantPath,
  output: Clouds,
  status: 200,
  problems: ['not-found'],
})

export const setCloud = endpoint({
  ...common,
  name: 'setCloud',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/outbound/clouds/{provider}',
  allow: 'outbound:write',
  summary: 'Says whether the organisation sends through a shared cloud.',
  params: CloudPath,
  body: z.object({ enabled: z.boolean() }),
  output: Clouds,
  status: 200,
  problems: ['invalid-input', 'domain-not-validated'],
})

export const proveCloud = endpoint({
  ...common,
  name: 'proveCloud',
  method: 'POST',
  path: '/v1/tenants/{tenant}/outbound/clouds/{provider}/ids',
  allow: 'outbound:write',
  summary: 'Asks the provider which id the validated domains belong to.',
  params: CloudPath,
  output: Clouds,
  status: 200,
  problems: ['invalid-input', 'domain-not-validated', 'check-too-soon'],
})

export const makeCloudSecret = endpoint({
  ...common,
  name: 'makeCloudSecret',
  method: 'POST',
  path: '/v1/tenants/{tenant}/outbound/clouds/{provider}/secret',
  allow: 'outbound:write',
  summary: 'Makes the secret that a rule of the host puts into a header. The answer holds it, once.',
  params: CloudPath,
  output: z.object({ header: z.string(), value: z.string() }),
  status: 201,
  problems: ['invalid-input'],
})

/** A sender that sent far more than it used to: slowed down or held until a person looked. */
export const SenderWarning = z.object({
  id: z.string(),
  kind: z.enum(['credential', 'address', 'author']),
  /** The login's name, the address, the author. */
  identity: z.string(),
  action: z.enum(['throttle', 'hold']),
  beganAt: Time,
  /** Recipients in the hour that raised it; the most of any hour in the four weeks before. */
  recipients: z.int(),
  usual: z.int(),
  /** Subjects of its last messages. */
  sample: z.array(z.string()),
  releasedAt: Time.nullable(),
  releasedBy: z.string().nullable(),
})
export type SenderWarning = z.infer<typeof SenderWarning>

const SenderLimits = z.object({
  items: z.array(SenderWarning),
  /** Recipients an hour of one login or author; beyond, mail is deferred. */
  hourlyRecipients: z.int(),
  isDefault: z.boolean(),
})

export const listSenderWarnings = endpoint({
  ...common,
  name: 'listSenderWarnings',
  method: 'GET',
  path: '/v1/tenants/{tenant}/outbound/warnings',
  allow: 'outbound:read',
  summary: 'Senders that sent far more than they used to, open ones first, and the limit an hour.',
  params: TenantPath,
  output: SenderLimits,
  status: 200,
  problems: ['not-found'],
})

export const releaseSender = endpoint({
  ...common,
  name: 'releaseSender',
  method: 'POST',
  path: '/v1/tenants/{tenant}/outbound/warnings/{warning}/release',
  allow: 'outbound:write',
  summary: 'Lets a sender go on. Messages that are held stay so until they are released in the queue.',
  params: WarningPath,
  output: SenderLimits,
  status: 200,
  problems: ['not-found'],
})

export const setSenderLimit = endpoint({
  ...common,
  name: 'setSenderLimit',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/outbound/limit',
  allow: 'outbound:write',
  summary: 'Sets how many recipients one login or author may write to in an hour; null takes the default.',
  params: TenantPath,
  body: z.object({ hourlyRecipients: z.int().min(1).max(1_000_000).nullable() }),
  output: SenderLimits,
  status: 200,
  problems: ['invalid-input'],
})
