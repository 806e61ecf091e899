// The seventeen steps of Connect as data: order, groups, prerequisites, and what an environment requires.
import type { Environment } from '@gatepost/contract/common.ts'
import { type ConnectStep, type StepName, stepNames } from '@gatepost/contract/connect.ts'

export type StepDefinition = {
  readonly name: StepName
  /** C0 … C16. */
  readonly code: string
  readonly group: ConnectStep['group']
  /** What it usually takes, waiting for DNS not counted. */
  readonly minutes: number
  /** Any-of sets (decisions 52). */
  readonly needs: readonly (readonly StepName[])[]
}

export type Requirement = ConnectStep['requirement']
export type Requirements = { readonly [Name in StepName]: Requirement }

type Rest = Omit<StepDefinition, 'name' | 'code'>

const rest: { readonly [Name in StepName]: Rest } = {
  'name-organization': { group: 'start', minutes: 3, needs: [] },
  'validate-domains': { group: 'start', minutes: 5, needs: [] },
  'synchronize-directory': { group: 'identity', minutes: 20, needs: [['validate-domains']] },
  'add-users': { group: 'identity', minutes: 5, needs: [['validate-domains']] },
  'user-authentication': { group: 'identity', minutes: 10, needs: [['validate-domains']] },
  'prepare-inbound': { group: 'mail-flow', minutes: 10, needs: [['validate-domains']] },
  outbound: { group: 'mail-flow', minutes: 10, needs: [['validate-domains']] },
  'import-permitted-senders': { group: 'mail-flow', minutes: 15, needs: [['validate-domains']] },
  'recipient-validation': {
    group: 'mail-flow',
    minutes: 3,
    needs: [['synchronize-directory', 'add-users', 'outbound']],
  },
  'modify-mx': { group: 'mail-flow', minutes: 10, needs: [['prepare-inbound'], ['recipient-validation']] },
  'secure-inbound': { group: 'after-cut-over', minutes: 10, needs: [['modify-mx']] },
  journaling: { group: 'after-cut-over', minutes: 15, needs: [['validate-domains']] },
  'basic-administrators': {
    group: 'optional',
    minutes: 3,
    needs: [['synchronize-directory', 'add-users']],
  },
  'forwarding-addresses': { group: 'optional', minutes: 5, needs: [['outbound']] },
  'bypass-anti-spoofing': { group: 'optional', minutes: 5, needs: [['validate-domains']] },
  'tls-policies': { group: 'optional', minutes: 5, needs: [['prepare-inbound']] },
  // All mandatory steps, which depend on the environment: see `needsOf`.
  'firewall-lockdown': { group: 'after-cut-over', minutes: 15, needs: [] },
}

/** C0 to C16 in the order of the task list. */
export const steps: readonly StepDefinition[] = stepNames.map((name, index) => ({
  name,
  code: `C${index}`,
  ...rest[name],
}))

export type Situation = {
  readonly environment: Environment
  readonly inboundOnly: boolean
  /** Which of the two ways people get here is the required one: see `peopleBy`. */
  readonly people: 'directory' | 'list'
}

/** Where people usually stand in a directory that Gatepost can read. */
const WITH_DIRECTORY: ReadonlySet<Environment> = new Set([
  'microsoft-365',
  'on-premises',
  'hybrid',
  'google-workspace',
])

/**
 * A directory that is synchronised, else a list that has people; before either, what the environment usually
 * has, unless the directory was skipped.
 */
export function peopleBy(known: {
  readonly environment: Environment
  readonly hasDirectory: boolean
  readonly hasUsers: boolean
  readonly isDirectorySkipped: boolean
}): Situation['people'] {
  if (known.hasDirectory) return 'directory'
  if (known.hasUsers || known.isDirectorySkipped) return 'list'
  return WITH_DIRECTORY.has(known.environment) ? 'directory' : 'list'
}

const ALWAYS: ReadonlySet<StepName> = new Set([
  'name-organization',
  'validate-domains',
  'prepare-inbound',
  'recipient-validation',
  'modify-mx',
])

const PEOPLE: readonly StepName[] = ['synchronize-directory', 'add-users']

/** What each step is for this organisation (decisions 52). */
export function requirementsOf(situation: Situation): Requirements {
  return Object.fromEntries(stepNames.map((name) => [name, requirementOf(name, situation)])) as Requirements
}

/** Any-of sets that must be done before a step. */
export function needsOf(step: StepDefinition, requirements: Requirements): readonly (readonly StepName[])[] {
  if (step.name !== 'firewall-lockdown') return step.needs
  return stepNames
    .filter((name) => name !== 'firewall-lockdown' && requirements[name] === 'mandatory')
    .map((name) => (PEOPLE.includes(name) ? PEOPLE : [name]))
}

function requirementOf(name: StepName, { environment, inboundOnly, people }: Situation): Requirement {
  if (ALWAYS.has(name)) return 'mandatory'
  switch (name) {
    case 'synchronize-directory':
      return people === 'directory' ? 'mandatory' : 'optional'
    case 'add-users':
      return people === 'list' ? 'mandatory' : 'optional'
    case 'outbound':
      return inboundOnly ? 'not-required' : 'mandatory'
    case 'secure-inbound':
      if (environment === 'on-premises') return 'mandatory'
      return environment === 'hybrid' ? 'optional' : 'recommended'
    case 'firewall-lockdown':
      if (environment === 'on-premises') return 'mandatory'
      return environment === 'hybrid' ? 'optional' : 'not-required'
    default:
      return 'optional'
  }
}
