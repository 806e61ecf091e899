// Signs people in against the organisation's LDAP directories in real time (A2): each that is switched on is
// asked in turn, until one says yes.
import type { DirectoryDeps } from '../directory/kind.ts'
import { signInByLdap } from '../directory/kind-ldap.ts'
import { openSecret } from '../directory/secret.ts'
import { type ConnectorRow, connectorsOf, settingsOf } from '../directory/store.ts'
import type { DirectoryAnswer, DirectorySignIn } from './deps.ts'

/** A person waits for it. */
const ASK_MS = 12_000

const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['wrong-password', 'Type the password of the directory again.'],
  ['unknown-user', 'The address must be in the directory, below the base that the connector reads.'],
  ['ambiguous', 'Two entries of the directory have this address; leave it to one.'],
  ['password-expired', 'Set a new password in the directory.'],
  ['account-disabled', 'Enable the account in the directory.'],
  ['account-locked', 'Unlock the account in the directory.'],
])

export function createDirectorySignIn(deps: DirectoryDeps): DirectorySignIn {
  const ldapOf = async (tenantId: string): Promise<readonly ConnectorRow[]> =>
    (await connectorsOf(deps.store.db, tenantId)).filter(
      ({ kind, enabled }) => kind === 'ldap' && enabled === 1,
    )
  return {
    isThere: async (tenantId) => (await ldapOf(tenantId)).length > 0,
    async ask({ tenantId, email, password }) {
      let last: DirectoryAnswer = { kind: 'none' }
      for (const connector of await ldapOf(tenantId)) {
        const answer = await askOne(connector, { email, password }, deps)
        if (answer.kind === 'accepted') return answer
        // A directory that knows the person and refuses says more than one that cannot be reached.
        if (last.kind !== 'refused' || answer.kind === 'refused') last = answer
      }
      return last
    },
  }
}

async function askOne(
  row: ConnectorRow,
  { email, password }: { readonly email: string; readonly password: string },
  deps: DirectoryDeps,
): Promise<DirectoryAnswer> {
  const connector = row.name
  const settings = settingsOf(row)
  if (settings.kind !== 'ldap') return { kind: 'none' }
  const signal = AbortSignal.timeout(ASK_MS)
  try {
    const secret = openSecret(row, deps.secrets)
    const outcome = await signInByLdap({ settings, secret, userName: email, password }, deps, signal)
    if (outcome.kind === 'accepted') return { kind: 'accepted', connector }
    const remedy = REMEDIES.get(outcome.code) ?? 'Run the tests of this connector under Directories.'
    const kind = outcome.kind === 'refused' ? 'refused' : 'unreachable'
    return { kind, connector, why: outcome.saw, remedy }
  } catch (error) {
    const why = signal.aborted ? `No answer within ${ASK_MS / 1000} seconds.` : (error as Error).message
    return {
      kind: 'unreachable',
      connector,
      why,
      remedy: 'Run the tests of this connector under Directories.',
    }
  }
}
