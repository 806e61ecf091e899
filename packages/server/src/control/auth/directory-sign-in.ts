// Signs people in against the organisation's LDAP directories in real time (A2), those behind an agent among
// them: each that is switched on is asked in turn, until one says yes.
import type { AgentDesk } from '../agent/desk.ts'
import { mayAgentSignIn, signInByAgent } from '../agent/sign-in.ts'
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

type Deps = DirectoryDeps & { readonly agents: AgentDesk }

export function createDirectorySignIn(deps: Deps): DirectorySignIn {
  const ldapOf = async (tenantId: string): Promise<readonly ConnectorRow[]> => {
    const rows = (await connectorsOf(deps.store.db, tenantId)).filter(({ enabled }) => enabled === 1)
    const asked = await Promise.all(rows.map((row) => isAsked(row, deps)))
    return rows.filter((_, index) => asked[index])
  }
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

/** LDAP always; an agent where its site lets it answer. */
async function isAsked(row: ConnectorRow, deps: Deps): Promise<boolean> {
  const settings = settingsOf(row)
  if (settings.kind !== 'agent') return settings.kind === 'ldap'
  return mayAgentSignIn({ tenantId: row.tenant_id, agentId: settings.agentId }, deps)
}

async function askOne(
  row: ConnectorRow,
  { email, password }: { readonly email: string; readonly password: string },
  deps: Deps,
): Promise<DirectoryAnswer> {
  const connector = row.name
  const settings = settingsOf(row)
  if (settings.kind !== 'ldap' && settings.kind !== 'agent') return { kind: 'none' }
  const signal = AbortSignal.timeout(ASK_MS)
  try {
    const person = { userName: email, password }
    const outcome =
      settings.kind === 'agent'
        ? await signInByAgent({ tenantId: row.tenant_id, agentId: settings.agentId }, person, deps)
        : await signInByLdap({ settings, secret: openSecret(row, deps.secrets), ...person }, deps, signal)
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
