// The kinds of directories there are; a new kind is a line here.
import type { ConnectorKind } from '@gatepost/contract/directory.ts'
import { problem } from '../problem.ts'
import type { DirectoryKindPlugin } from './kind.ts'
import { ldapKind } from './kind-ldap.ts'
import { agentKind } from './kinds/agent.ts'
import { entraKind } from './kinds/entra.ts'
import { googleKind } from './kinds/google.ts'

const kinds: { readonly [Kind in ConnectorKind]?: DirectoryKindPlugin<Kind> } = {
  ldap: ldapKind,
  entra: entraKind,
  google: googleKind,
  agent: agentKind,
}

/** The plug-in of a kind. Throws `connector-not-ready` for a kind that this release does not read. */
export function kindOf(kind: ConnectorKind): DirectoryKindPlugin {
  const plugin = kinds[kind]
  if (plugin === undefined)
    throw problem('connector-not-ready', `Directories of kind “${kind}” are not read yet.`)
  // Each plug-in is given the settings of its own kind only: the row says which.
  return plugin as unknown as DirectoryKindPlugin
}
