// What Connect is told about acme's directory, for each environment, with the values to type.
import type { Directories } from './directories.ts'
import type { GuideStep } from './guide.ts'
import { html } from './page/markup.ts'
import { LDAP_ACCOUNT } from './people.ts'
import type { World } from './world.ts'
import { ACME } from './world-zones.ts'

export function directoryStep(world: World, directories: Directories): GuideStep {
  const { ldap, graph, google, people } = directories
  const count = people.list().length
  const read = (done: boolean, what: string) => ({
    done,
    seen: done ? `${what} was read; ${count} people are in it` : `Nobody has read ${what} yet`,
  })
  const title = 'Synchronise your directory'
  switch (world.environment()) {
    case 'on-premises': {
      const isSecure = ldap.tlsPort !== null
      return {
        title,
        text: html`Open <i>Synchronise your directory</i>: LDAP is proposed. Save, run the tests${
          isSecure ? ', confirm the fingerprint of its self-made certificate, run them again' : null
        }, look at the preview and carry it out.`,
        ...read(ldap.searches() > 0, 'the LDAP directory'),
        values: [
          ['Server', ACME.directoryHost],
          ['Port', String(ldap.tlsPort ?? ldap.port)],
          ...(isSecure ? [] : [['Encryption', 'None'] as const]),
          ['Account', LDAP_ACCOUNT.name],
          ['Password', directories.ldapPassword.value],
        ],
      }
    }
    case 'google-workspace':
      return {
        title,
        text: html`Open <i>Synchronise your directory</i>: Google Workspace is proposed. Paste the key of the service
          account and the administrator, save, run the tests, look at the preview and carry it out.`,
        ...read(
          google.requests.some(({ url }) => url.pathname.includes('/users')),
          'Google’s directory',
        ),
        values: [
          ['Key of the service account, JSON', google.keyJson],
          ['Administrator', google.adminEmail],
        ],
      }
    default:
      return {
        title,
        text: html`Open <i>Synchronise your directory</i> and choose <i>Entra ID</i>. Its app is registered and has
          consent. Save, run the tests, look at the preview and carry it out.`,
        ...read(
          graph.requests.some(({ url }) => url.pathname.startsWith('/v1.0/users')),
          'Microsoft Graph',
        ),
        values: [
          ['Directory (tenant) ID', graph.tenantId],
          ['Application (client) ID', graph.app.clientId],
          ['Client secret', graph.app.secret],
        ],
      }
  }
}
