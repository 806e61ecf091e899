// Connect: all steps with their derived state, prerequisites and next check (law 3: never ticked off).
import * as z from 'zod'
import { Check, CheckState, Environment, Nothing, StepState, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { CheckSaid, Said } from './saying.ts'

/** C0 to C16, in the order of the task list; groups as in look/README. */
export const stepNames = [
  'name-organization',
  'validate-domains',
  'synchronize-directory',
  'add-users',
  'user-authentication',
  'prepare-inbound',
  'outbound',
  'import-permitted-senders',
  'recipient-validation',
  'modify-mx',
  'secure-inbound',
  'journaling',
  'basic-administrators',
  'forwarding-addresses',
  'bypass-anti-spoofing',
  'tls-policies',
  'firewall-lockdown',
] as const
export const StepName = z.enum(stepNames)
export type StepName = z.infer<typeof StepName>

export const ConnectStep = z.object({
  name: StepName,
  /** C0 … C16. */
  code: z.string(),
  title: z.string(),
  group: z.enum(['start', 'identity', 'mail-flow', 'after-cut-over', 'optional']),
  state: StepState,
  /** Short words behind the state: "2 of 3, one record to come". */
  detail: z.string(),
  /** Mandatory, optional, recommended or not required in this environment (decisions 52). */
  requirement: z.enum(['mandatory', 'optional', 'recommended', 'not-required']),
  /** What is done in it, and why. */
  what: z.string(),
  why: z.string(),
  changesForUsers: z.string(),
  couldBreak: z.string(),
  undo: z.string(),
  minutes: z.int(),
  /** Any-of sets: locked until one step of each set is done. */
  needs: z.array(z.array(StepName)),
  /** The open needs, when locked. */
  lockedBy: z.array(StepName),
  checks: z.array(Check),
  checkedAt: Time.nullable(),
  nextCheckAt: Time.nullable(),
  skippable: z.boolean(),
  /** The detail as a code; all other texts of a step follow from its name. */
  said: z.object({ detail: Said }).optional(),
})
export type ConnectStep = z.infer<typeof ConnectStep>

export const Activity = z.object({
  at: Time,
  kind: z.enum(['step', 'mail', 'check', 'change']),
  text: z.string(),
  said: Said.optional(),
  messageId: z.string().nullable(),
  step: StepName.nullable(),
})

export const Connect = z.object({
  environment: Environment,
  steps: z.array(ConnectStep),
  required: z.int(),
  requiredDone: z.int(),
  minutesLeft: z.int(),
  next: StepName.nullable(),
  activity: z.array(Activity),
})
export type Connect = z.infer<typeof Connect>

const StepPath = TenantPath.extend({ step: StepName })

export const getConnect = endpoint({
  name: 'getConnect',
  method: 'GET',
  path: '/v1/tenants/{tenant}/connect',
  tag: 'Connect',
  allow: 'connect:read',
  summary: 'All steps with their derived states, what to do next, and what happened.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: Connect,
  status: 200,
  problems: ['not-found'],
})

/** A check that changed: since then it is as it says, until the next one. */
export const CheckChange = z.object({
  at: Time,
  title: z.string(),
  state: CheckState,
  saw: z.string(),
  said: CheckSaid.optional(),
})
export type CheckChange = z.infer<typeof CheckChange>

export const getStepHistory = endpoint({
  name: 'getStepHistory',
  method: 'GET',
  path: '/v1/tenants/{tenant}/connect/{step}/history',
  tag: 'Connect',
  allow: 'connect:read',
  summary: 'When each check of a step changed, newest first; half a year.',
  params: StepPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(CheckChange) }),
  status: 200,
  problems: ['not-found'],
})

export const checkStep = endpoint({
  name: 'checkStep',
  method: 'POST',
  path: '/v1/tenants/{tenant}/connect/{step}/check',
  tag: 'Connect',
  allow: 'connect:write',
  summary: 'Runs the checks of a step now.',
  params: StepPath,
  query: Nothing,
  body: Nothing,
  output: Connect,
  status: 200,
  problems: ['not-found', 'check-too-soon'],
})

export const skipStep = endpoint({
  name: 'skipStep',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/connect/{step}/skipped',
  tag: 'Connect',
  allow: 'connect:write',
  summary: 'Skips an optional step, or takes that back.',
  params: StepPath,
  query: Nothing,
  body: z.object({ skipped: z.boolean() }),
  output: Connect,
  status: 200,
  problems: ['not-found', 'step-mandatory'],
})
