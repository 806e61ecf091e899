// A person's sign-in against the directory, live: found with the connector's account, proven with the
// person's own name and password (A2). Passwords are neither kept nor told on.
import { DirectoryFault } from '../entry.ts'
import { openChannel } from './channel.ts'
import { filterValue, LdapClient } from './client.ts'
import { READ_ATTRIBUTES, readEntry } from './entry.ts'
import type { LdapEffects, LdapOptions } from './options.ts'
import { openSignedIn } from './reader.ts'
import { meetServer } from './server.ts'

export type LdapSignInOutcome =
  | {
      readonly kind: 'accepted'
      readonly externalId: string
      readonly email: string | null
      readonly name: string
    }
  /**
   * `code` as in the connector's tests: `wrong-password`, `password-expired`, `account-disabled`, …; besides
   * `unknown-user` and `ambiguous`. `saw` is for the log, not for the one who signs in.
   */
  | { readonly kind: 'refused'; readonly code: string; readonly saw: string }
  /** The directory could not be asked: says nothing about the password. */
  | { readonly kind: 'unavailable'; readonly code: string; readonly saw: string }

export type LdapSignIn = {
  readonly options: LdapOptions
  /** Password of the connector's own account. */
  readonly secret: string
  readonly userName: string
  readonly password: string
}

/** Longer names are no names; longer passwords no directory takes. */
const NAME_MAX = 400
const PASSWORD_MAX = 1_000

/** Asks the directory. Throws only when `signal` is aborted. */
export async function ldapSignIn(
  { options, secret, userName, password }: LdapSignIn,
  effects: LdapEffects,
  signal: AbortSignal,
): Promise<LdapSignInOutcome> {
  const name = userName.trim()
  // An empty password is an anonymous sign-in to many servers, which succeeds (RFC 4513 §5.1.2, abuse case
  // 69).
  if (password === '') return { kind: 'refused', code: 'no-password', saw: 'The password is empty.' }
  if (name === '' || name.length > NAME_MAX || password.length > PASSWORD_MAX || /\p{Cc}/u.test(name))
    return { kind: 'refused', code: 'unknown-user', saw: 'The name or the password cannot be one.' }
  try {
    const found = await findPerson({ options, secret, name }, effects, signal)
    if (found.kind === 'refused') return found
    await proveAs(found.dn, { options, password }, { effects, signal })
    return { kind: 'accepted', externalId: found.externalId, email: found.email, name: found.name }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof DirectoryFault)) throw error
    const { code, saw } = error
    return isPersonal(error) ? { kind: 'refused', code, saw } : { kind: 'unavailable', code, saw }
  }
}

/** Faults that tell of the person, not of the way to the directory; see `proveAs`. */
const PERSONAL = Symbol('personal')

function isPersonal(fault: DirectoryFault & { [PERSONAL]?: true }): boolean {
  return fault[PERSONAL] === true
}

async function findPerson(
  {
    options,
    secret,
    name,
  }: { readonly options: LdapOptions; readonly secret: string; readonly name: string },
  effects: LdapEffects,
  signal: AbortSignal,
) {
  const client = await openSignedIn({ ...options, password: secret }, effects, signal)
  try {
    const { base } = await meetServer(client, options)
    const value = filterValue(name)
    const short = filterValue(name.replace(/^.*\\/, ''))
    const names = [
      `(userPrincipalName=${value})`,
      `(mail=${value})`,
      `(proxyAddresses=smtp:${value})`,
      `(uid=${short})`,
      `(sAMAccountName=${short})`,
    ]
    const own = options.filter === null || options.filter.trim() === '' ? '' : options.filter.trim()
    const filter =
      own === '' ? `(|${names.join('')})` : `(&(|${names.join('')})${own.startsWith('(') ? own : `(${own})`})`
    const found = await client.some('look-up', { base, scope: 'sub', filter, attributes: READ_ATTRIBUTES }, 2)
    const [person] = found
    if (person === undefined)
      return { kind: 'refused', code: 'unknown-user', saw: 'The directory does not know the name.' } as const
    if (found.length > 1)
      return {
        kind: 'refused',
        code: 'ambiguous',
        saw: 'Several entries of the directory bear the name.',
      } as const
    const { externalId, email, name: shownName } = readEntry(person, [])
    return { kind: 'found', dn: person.dn, externalId, email, name: shownName } as const
  } finally {
    await client.close()
  }
}

async function proveAs(
  dn: string,
  { options, password }: { readonly options: LdapOptions; readonly password: string },
  { effects, signal }: { readonly effects: LdapEffects; readonly signal: AbortSignal },
): Promise<void> {
  const { socket } = await openChannel(options, effects, { signal })
  const client = new LdapClient(socket)
  try {
    await client.signIn(dn, password)
  } catch (error) {
    if (error instanceof DirectoryFault && error.code !== 'cut-off' && error.code !== 'encryption-required')
      Object.assign(error, { [PERSONAL]: true })
    throw error
  } finally {
    await client.close()
  }
}
