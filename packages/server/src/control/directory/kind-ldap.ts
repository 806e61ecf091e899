// Directories read by LDAP, as a kind: Active Directory, OpenLDAP and their kin (D3).
import type { FieldError } from '@gatepost/contract/problem.ts'
import type { LdapEffects } from '@gatepost/directory/ldap/options.ts'
import { createLdapReader, type LdapReading } from '@gatepost/directory/ldap/reader.ts'
import { type LdapSignInOutcome, ldapSignIn } from '@gatepost/directory/ldap/sign-in.ts'
import { LDAP_STEPS, testLdap } from '@gatepost/directory/ldap/tests.ts'
import type { DirectoryDeps, DirectoryKindPlugin, KindInput, SettingsOf } from './kind.ts'
import { targetsOf } from './target.ts'

type Settings = SettingsOf<'ldap'>

export const ldapKind: DirectoryKindPlugin<'ldap'> = {
  kind: 'ldap',
  needsSecret: true,
  isScheduled: true,
  steps: LDAP_STEPS,
  check: ({ settings, secret }) => checked(settings, secret),
  normalize,
  isSameListing: (before, after) =>
    before.baseDn === after.baseDn && before.filter === after.filter && before.host === after.host,
  isOtherServer: (before, after) => {
    const known = [before.host, before.alternateHost]
    return ![after.host, after.alternateHost ?? after.host].every((host) => known.includes(host))
  },
  createReader: (input, deps) => createLdapReader(readingOf(input), ldapEffects(deps)),
  test: (input, deps, signal) =>
    testLdap({ reading: readingOf(input), address: input.address }, ldapEffects(deps), signal),
}

/** Checks a person's name and password against the connector's directory (A2). */
export function signInByLdap(
  input: Pick<KindInput<'ldap'>, 'settings' | 'secret'> & {
    readonly userName: string
    readonly password: string
  },
  deps: DirectoryDeps,
  signal: AbortSignal,
): Promise<LdapSignInOutcome> {
  const { settings, secret, userName, password } = input
  return ldapSignIn(
    { options: settings, secret: secret ?? '', userName, password },
    ldapEffects(deps),
    signal,
  )
}

function ldapEffects(deps: DirectoryDeps): LdapEffects {
  return { targets: (host, port) => targetsOf(host, port, deps), now: () => deps.clock.now() }
}

function readingOf({ settings, secret, attributes }: KindInput<'ldap'>): LdapReading {
  return { ...settings, password: secret ?? '', attributes }
}

function normalize(settings: Settings): Settings {
  const textOrNull = (text: string | null): string | null =>
    text === null || text.trim() === '' ? null : text.trim()
  return {
    ...settings,
    host: settings.host.trim().toLowerCase(),
    alternateHost: textOrNull(settings.alternateHost)?.toLowerCase() ?? null,
    certificateName: textOrNull(settings.certificateName),
    fingerprint: textOrNull(settings.fingerprint)?.toUpperCase() ?? null,
    authority: textOrNull(settings.authority),
    filter: textOrNull(settings.filter),
  }
}

function checked(settings: Settings, secret: string | null): readonly FieldError[] {
  const errors: FieldError[] = []
  for (const [field, host] of [
    ['host', settings.host],
    ['alternateHost', settings.alternateHost ?? ''],
  ] as const) {
    if (/:\/\/|\//.test(host))
      errors.push({
        path: `/settings/${field}`,
        message: 'Write the host alone, without “ldaps://” and slashes.',
      })
    else if (/^[^:]+:\d+$/.test(host))
      errors.push({ path: `/settings/${field}`, message: 'Write the port into its own field.' })
    else if (/[\s@]/.test(host))
      errors.push({
        path: `/settings/${field}`,
        message: 'Write a host name such as dc1.corp.example, or an address.',
      })
  }
  const { filter, baseDn, authority, certificate, encryption } = settings
  if (filter !== null && !isBalanced(filter))
    errors.push({
      path: '/settings/filter',
      message: 'The brackets do not match. Write it like (department=Sales).',
    })
  if (baseDn !== '' && !/^[a-z][\w.-]*\s*=/i.test(baseDn))
    errors.push({
      path: '/settings/baseDn',
      message: 'Write a distinguished name such as DC=corp,DC=example.',
    })
  if (authority !== null && !authority.includes('-----BEGIN CERTIFICATE-----'))
    errors.push({
      path: '/settings/authority',
      message: 'Paste PEM text: -----BEGIN CERTIFICATE----- and what follows.',
    })
  if (certificate === 'pinned' && encryption === 'none')
    errors.push({
      path: '/settings/encryption',
      message: 'Without encryption there is no certificate to pin.',
    })
  if (secret !== null && secret.trim() === '')
    errors.push({
      path: '/secret',
      message: 'Enter the password. Many servers take an empty one as “anybody”.',
    })
  return errors
}

/** Escaped brackets are written as \28 and \29, so each bracket counts. */
function isBalanced(filter: string): boolean {
  let depth = 0
  for (const sign of filter) {
    if (sign === '(') depth += 1
    if (sign === ')') depth -= 1
    if (depth < 0) return false
  }
  return depth === 0
}
