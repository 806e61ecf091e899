// The kinds of directories that have a form; a new kind is a line here.
import type { ConnectorKind } from '@gatepost/contract/directory.ts'
import { agentForm } from './kinds/agent.tsx'
import { entraForm } from './kinds/entra.tsx'
import { googleForm } from './kinds/google.tsx'
import type { KindForm } from './kinds/kind-form.ts'
import { ldapForm } from './kinds/ldap.tsx'

export const kindForms: readonly KindForm[] = [ldapForm, entraForm, googleForm, agentForm]

/** The form of a kind; null for one that this console does not know. */
export function formOf(kind: ConnectorKind): KindForm | null {
  return kindForms.find((each) => each.kind === kind) ?? null
}
