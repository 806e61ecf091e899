// What the agent is told, kept in one file that only its owner may read: gateway, token, and the directory.
import type { LdapOptions } from '@gatepost/directory/ldap/options.ts'

export type AgentConfig = {
  /** The console's address, ending in a slash. */
  readonly gateway: string
  readonly token: string
  readonly site: string
  readonly organization: string
  /** Null until it is set. */
  readonly directory: LdapOptions | null
  /** Of the account that reads. */
  readonly password: string
  readonly attributes: readonly string[]
  /** Between two listings. */
  readonly everyMinutes: number
  /** Whether sign-ins may be asked here; the site's page has to allow it, too. */
  readonly signsIn: boolean
  /** Whether it may knock at the organisation’s mail hosts when the gateway asks. */
  readonly probes: boolean
}

export const EVERY_MINUTES = 60
const MINUTES_MIN = 5
const MINUTES_MAX = 1_440
const ATTRIBUTES_MAX = 50

/** A setting that cannot be. The message says what to write. */
export class WrongSetting extends Error {}

/** A name as people type it, what it means, and how it changes the settings. */
export type Setting = {
  readonly name: string
  readonly value: string
  readonly means: string
  readonly set: (config: AgentConfig, text: string) => AgentConfig
}

const noDirectory: LdapOptions = {
  host: '',
  alternateHost: null,
  port: 636,
  encryption: 'tls',
  certificate: 'strict',
  certificateName: null,
  fingerprint: null,
  authority: null,
  userName: '',
  baseDn: '',
  filter: null,
}

const directory =
  (change: (text: string) => Partial<LdapOptions>): Setting['set'] =>
  (config, text) => ({ ...config, directory: { ...(config.directory ?? noDirectory), ...change(text) } })

const orNull = (text: string) => (text.trim() === '' ? null : text.trim())

function oneOf<const Value extends string>(name: string, values: readonly Value[], text: string): Value {
  const found = values.find((value) => value === text.trim())
  if (found === undefined) throw new WrongSetting(`${name} is one of ${values.join(', ')}.`)
  return found
}

function count(name: string, text: string, range: { readonly min: number; readonly max: number }): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= range.min && number <= range.max) return number
  throw new WrongSetting(`${name} is a whole number from ${range.min} to ${range.max}.`)
}

/**
 * Everything that can be set, in the order of the help. `authority` and `password` are read from files by
 * main.
 */
export const settings: readonly Setting[] = [
  {
    name: 'host',
    value: 'NAME',
    means: 'domain controller or LDAP server',
    set: directory((host) => ({ host: host.trim() })),
  },
  {
    name: 'alternate-host',
    value: 'NAME',
    means: 'asked when the first does not answer',
    set: directory((text) => ({ alternateHost: orNull(text) })),
  },
  {
    name: 'port',
    value: 'N',
    means: '636, or 389',
    set: directory((text) => ({ port: count('port', text, { min: 1, max: 65_535 }) })),
  },
  {
    name: 'encryption',
    value: 'HOW',
    means: 'tls (636), start-tls (389) or none',
    set: directory((text) => ({ encryption: oneOf('encryption', ['tls', 'start-tls', 'none'], text) })),
  },
  {
    name: 'certificate',
    value: 'HOW',
    means: 'strict, pinned (with fingerprint) or relaxed',
    set: directory((text) => ({ certificate: oneOf('certificate', ['strict', 'pinned', 'relaxed'], text) })),
  },
  {
    name: 'certificate-name',
    value: 'NAME',
    means: 'name in the certificate, when it is not the host’s',
    set: directory((text) => ({ certificateName: orNull(text) })),
  },
  {
    name: 'fingerprint',
    value: 'SHA256',
    means: 'of the certificate that is pinned',
    set: directory((text) => ({ fingerprint: orNull(text) })),
  },
  {
    name: 'authority',
    value: 'FILE',
    means: 'PEM of your own certificate authority',
    set: directory((authority) => ({ authority: orNull(authority) })),
  },
  {
    name: 'user',
    value: 'NAME',
    means: 'account that reads: sync@corp.example',
    set: directory((userName) => ({ userName: userName.trim() })),
  },
  {
    name: 'password',
    value: 'FILE',
    means: 'file with its password; “-” reads standard input',
    set: (config, text) => ({ ...config, password: text.replace(/\r?\n$/, '') }),
  },
  {
    name: 'base',
    value: 'DN',
    means: 'read below it: DC=corp,DC=example',
    set: directory((baseDn) => ({ baseDn: baseDn.trim() })),
  },
  {
    name: 'filter',
    value: 'FILTER',
    means: 'narrows which people are read',
    set: directory((text) => ({ filter: orNull(text) })),
  },
  {
    name: 'attributes',
    value: 'A,B',
    means: 'further attributes to read',
    set: (config, text) => {
      const attributes = text
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
      if (attributes.length > ATTRIBUTES_MAX || attributes.some((name) => !/^[\w-]{1,100}$/.test(name)))
        throw new WrongSetting('attributes are names such as department,title.')
      if (attributes.some((name) => /password|pwd|passwd/i.test(name)))
        throw new WrongSetting('Passwords are never read.')
      return { ...config, attributes }
    },
  },
  {
    name: 'every',
    value: 'MINUTES',
    means: `between two listings, ${EVERY_MINUTES} if not set`,
    set: (config, text) => ({
      ...config,
      everyMinutes: count('every', text, { min: MINUTES_MIN, max: MINUTES_MAX }),
    }),
  },
  {
    name: 'sign-in',
    value: 'yes|no',
    means: 'answer live sign-ins of people of this directory',
    set: (config, text) => ({ ...config, signsIn: oneOf('sign-in', ['yes', 'no'], text) === 'yes' }),
  },
  {
    name: 'probe',
    value: 'yes|no',
    means:
      'knock at the mail hosts of the delivery routes when the gateway asks, to see that strangers are refused',
    set: (config, text) => ({ ...config, probes: oneOf('probe', ['yes', 'no'], text) === 'yes' }),
  },
]

/** Reads the file. Null where there is none or it is no longer whole. */
export function parseConfig(text: string | null): AgentConfig | null {
  if (text === null) return null
  try {
    const value = JSON.parse(text) as AgentConfig
    const isWhole =
      typeof value.gateway === 'string' && typeof value.token === 'string' && Array.isArray(value.attributes)
    // Files of agents before this setting do not have it.
    return isWhole ? { ...value, probes: value.probes !== false } : null
  } catch {
    return null
  }
}

/** The console's address as typed: HTTPS, or plain on this machine alone. Throws `WrongSetting`. */
export function gatewayAddress(text: string): string {
  const url = URL.canParse(text)
    ? new URL(text)
    : URL.canParse(`https://${text}`)
      ? new URL(`https://${text}`)
      : null
  if (url === null) throw new WrongSetting(`“${text}” is no address. Write it like https://gate.example.`)
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere))
    throw new WrongSetting('The gateway is reached by HTTPS only. Write https://…')
  return `${url.origin}/`
}

/** Where the directory is, for people: without account. */
export function directoryWords({ directory: options }: AgentConfig): string {
  if (options === null || options.host === '') return 'none set'
  return `${options.encryption === 'tls' ? 'ldaps' : 'ldap'}://${options.host}:${options.port}`
}
