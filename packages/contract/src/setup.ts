// First start: the one-time set-up link, the first administrator and organisation, and the environment from
// DNS.
import * as z from 'zod'
import { Address, DomainName, Environment, Nothing, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

/** At least 12 characters; no composition rules (NIST SP 800-63B §3.1.1.2). */
export const NewPassword = z.string().min(12, 'Use at least 12 characters').max(200)

export const EnvironmentProposal = z.object({
  domain: z.string(),
  /** Null when the records do not tell. */
  environment: Environment.nullable(),
  evidence: z.array(
    z.object({
      /** Such as `MX acme.example`. */
      record: z.string(),
      value: z.string(),
      means: z.string(),
      state: z.enum(['found', 'none', 'failed']),
    }),
  ),
})
export type EnvironmentProposal = z.infer<typeof EnvironmentProposal>

export const getSetup = endpoint({
  name: 'getSetup',
  method: 'GET',
  path: '/v1/setup',
  tag: 'Set-up',
  allow: 'public',
  summary: 'Says whether the first administrator is still to be made.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: z.object({ open: z.boolean(), hostname: z.string() }),
  status: 200,
  problems: [],
})

export const checkSetupLink = endpoint({
  name: 'checkSetupLink',
  method: 'POST',
  path: '/v1/setup/check',
  tag: 'Set-up',
  allow: 'public',
  summary: 'Checks the token of a set-up link.',
  params: Nothing,
  query: Nothing,
  body: z.object({ token: z.string().min(1).max(200) }),
  output: z.object({ expiresAt: Time }),
  status: 200,
  problems: ['setup-closed', 'setup-link-wrong'],
})

export const proposeEnvironment = endpoint({
  name: 'proposeEnvironment',
  method: 'POST',
  path: '/v1/setup/environment',
  tag: 'Set-up',
  allow: 'public',
  summary:
    'Proposes the environment of a domain from its MX, SPF and autodiscover records, with the evidence.',
  params: Nothing,
  query: Nothing,
  body: z.object({ token: z.string().min(1).max(200), domain: DomainName }),
  output: EnvironmentProposal,
  status: 200,
  problems: ['setup-closed', 'setup-link-wrong', 'invalid-input'],
})

export const completeSetup = endpoint({
  name: 'completeSetup',
  method: 'POST',
  path: '/v1/setup',
  tag: 'Set-up',
  allow: 'public',
  summary:
    'Creates the first administrator and organisation and signs the administrator in (session cookie).',
  params: Nothing,
  query: Nothing,
  body: z.object({
    token: z.string().min(1).max(200),
    administrator: z.object({
      name: z.string().trim().min(1).max(120),
      email: Address,
      password: NewPassword,
    }),
    organization: z.object({
      name: z.string().trim().min(1).max(120),
      primaryDomain: DomainName,
      environment: Environment,
      emergencyContact: z.object({
        name: z.string().trim().min(1).max(120),
        email: Address,
        phone: z.string().trim().max(40).default(''),
      }),
    }),
  }),
  output: z.object({ tenantId: z.string(), slug: z.string() }),
  status: 201,
  problems: ['setup-closed', 'setup-link-wrong', 'invalid-input'],
})
