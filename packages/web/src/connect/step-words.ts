// Names of steps, groups and environments as people read them; the search also knows the former names.
import type { Environment } from '@gatepost/contract/common.ts'
import type { ConnectStep, StepName } from '@gatepost/contract/connect.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { inEnglish, type Say, useSaid } from '#i18n/said.ts'

type SearchWords = { readonly label: string; readonly alsoCalled: readonly string[] }

export const stepSearchWords: { readonly [Name in StepName]: SearchWords } = {
  'name-organization': { label: 'Name your organisation', alsoCalled: ['Environment', 'Emergency contact'] },
  'validate-domains': {
    label: 'Validate your domains',
    alsoCalled: ['Register domain', 'TXT record', 'CNAME'],
  },
  'synchronize-directory': {
    label: 'Synchronise your directory',
    alsoCalled: ['Directory Sync', 'LDAP', 'Entra'],
  },
  'add-users': { label: 'Add users manually', alsoCalled: ['Gateway, Add permitted users', 'CSV'] },
  'user-authentication': { label: 'Set up user authentication', alsoCalled: ['Single sign-on', 'SAML'] },
  'prepare-inbound': { label: 'Prepare for inbound email', alsoCalled: ['Delivery route', 'Connector'] },
  outbound: {
    label: 'Set up your outbound email',
    alsoCalled: ['Gateway, Authorized outbounds', 'Smart host'],
  },
  'import-permitted-senders': {
    label: 'Import permitted senders',
    alsoCalled: ['Contacts export', 'Allow list'],
  },
  'recipient-validation': { label: 'Set up recipient validation', alsoCalled: ['Known recipients'] },
  'modify-mx': { label: 'Modify your MX record', alsoCalled: ['MX', 'Cut-over'] },
  'secure-inbound': { label: 'Secure your inbound email', alsoCalled: ['Lock down inbound', 'Firewall'] },
  journaling: { label: 'Set up journaling', alsoCalled: ['Archive', 'Journal address'] },
  'basic-administrators': { label: 'Manage basic administrators', alsoCalled: ['Administrator roles'] },
  'forwarding-addresses': { label: 'Manage forwarding addresses', alsoCalled: ['Relay rules'] },
  'bypass-anti-spoofing': { label: 'Bypass anti-spoofing', alsoCalled: ['Services that send as us'] },
  'tls-policies': { label: 'Set up your TLS policies', alsoCalled: ['Secure delivery', 'Secure receipt'] },
  'firewall-lockdown': { label: 'Firewall lockdown', alsoCalled: ['Port 25'] },
}

export const groupWords: { readonly [Name in ConnectStep['group']]: string } = {
  start: 'Start',
  identity: 'Identity',
  'mail-flow': 'Mail flow',
  'after-cut-over': 'After the cut-over',
  optional: 'Optional',
}

export const requirementWords: { readonly [Name in ConnectStep['requirement']]: string } = {
  mandatory: 'Required',
  optional: 'Optional',
  recommended: 'Recommended',
  'not-required': 'Not required',
}

export const environmentWords: { readonly [Name in Environment]: string } = {
  'microsoft-365': 'Microsoft 365',
  'on-premises': 'Exchange on-premises',
  hybrid: 'Exchange hybrid',
  hosted: 'Hosted Exchange',
  'google-workspace': 'Google Workspace',
  other: 'Other mail server',
}

const boxWords: { readonly [Name in Environment]: string } = {
  'microsoft-365': 'Microsoft 365',
  'on-premises': 'Exchange',
  hybrid: 'Exchange',
  hosted: 'Provider',
  'google-workspace': 'Google',
  other: 'Mail server',
}

/** Titles of steps in the reader’s language; without a translation as the server names them. */
export function useStepTitle(steps: readonly ConnectStep[]): (name: StepName) => string {
  const words = useWords('connect')
  return (name) => {
    const known = steps.find((step) => step.name === name)?.title ?? stepSearchWords[name].label
    return words(`steps.${name}`, known)
  }
}

/** The mail host in the small boxes of the diagram. */
export function useBoxWord(environment: Environment): string {
  return useWords('connect')(`boxes.${environment}`, boxWords[environment])
}

/** An environment's name in the reader's language. */
export function useEnvironmentWord(): (environment: Environment) => string {
  const words = useWords('connect')
  return (environment) => words(`environments.${environment}`, environmentWords[environment])
}

/** A text of a step in the reader's language. */
export function useStepText(): (
  step: StepTexts,
  text: 'title' | 'what' | 'why' | 'changesForUsers' | 'couldBreak' | 'undo',
) => string {
  const say = useSaid()
  return (step, text) => say({ code: `steps.${step.name}.${text}` }, step[text] ?? '')
}

type StepTexts = Pick<ConnectStep, 'name' | 'title' | 'why' | 'changesForUsers' | 'couldBreak' | 'undo'> &
  Partial<Pick<ConnectStep, 'what'>>

/** The second half of a task's line: what the server says, else how long it takes. */
export function detailOf(step: ConnectStep, words: Words, say: Say = inEnglish): string {
  if (step.detail) return say(step.said?.detail, step.detail)
  const minutes = words('minutes', { minutes: step.minutes })
  return step.requirement === 'mandatory'
    ? minutes
    : `${words(`requirements.${step.requirement}`, requirementWords[step.requirement])}, ${minutes}`
}
