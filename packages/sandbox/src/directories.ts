// Acme's directories: one list of people behind LDAP, Microsoft Graph and Google's Admin SDK, so that each
// environment has the one it would have.
import { createPrivateKey } from 'node:crypto'
import { type GoogleServer, startGoogleDirectory } from './google-directory.ts'
import { type GraphServer, startGraph } from './graph.ts'
import { type JsonServer, startJsonServer } from './json-server.ts'
import { type LdapServer, startLdap } from './ldap/server.ts'
import {
  createPeople,
  fillGoogle,
  fillGraph,
  LDAP_ACCOUNT,
  LDAP_BASE,
  ldapEntriesOf,
  type People,
} from './people.ts'
import { type Certificate, makeCertificate } from './platform.ts'
import { ACME, MICROSOFT_RANGES } from './world-zones.ts'

export type Directories = {
  readonly people: People
  readonly ldap: LdapServer
  readonly graph: GraphServer
  readonly google: GoogleServer
  /** The password that LDAP takes now; an event changes it. */
  readonly ldapPassword: { value: string }
  /** Settings that lead Gatepost here instead of to the providers. */
  readonly gatewayEnvironment: () => Readonly<Record<string, string>>
  readonly stop: () => Promise<void>
}

export type DirectoriesOptions = {
  /** LDAP with TLS; the usual port needs rights that a sandbox has not. */
  readonly ldapPort?: number
  /** Null gives LDAP in the clear; without it a certificate is made if openssl is there. */
  readonly certificate?: Certificate | null
  /** The service account's key of an earlier run, in PEM. */
  readonly googleKey?: string | null
}

/** Starts all of them. Rejects if a port is taken, with nothing left running. */
export async function startDirectories(options: DirectoriesOptions = {}): Promise<Directories> {
  const people = createPeople()
  const given = options.certificate
  const certificate = given === undefined ? await makeCertificate([ACME.directoryHost]) : given
  const account = {
    names: [LDAP_ACCOUNT.name, `CN=sync,OU=Users,${LDAP_BASE}`],
    password: LDAP_ACCOUNT.password,
  }
  const ldapPassword = { value: LDAP_ACCOUNT.password as string }
  const wanted = options.ldapPort ?? 0
  const ldap = await startLdap({
    ...(certificate === null ? { port: wanted } : { tlsPort: wanted }),
    base: LDAP_BASE,
    account: {
      ...account,
      get password() {
        return ldapPassword.value
      },
    },
    certificate,
    entries: () => ldapEntriesOf(people),
  })
  const key = options.googleKey ?? null
  const graph = await startGraph()
  const google = await startGoogleDirectory(key === null ? {} : { privateKey: createPrivateKey(key) })
  const ranges = await startRanges()
  fillGraph(people, graph)
  fillGoogle(people, google)
  return {
    people,
    ldap,
    graph,
    google,
    ldapPassword,
    gatewayEnvironment: () => ({
      GATEPOST_DIRECTORIES_ENTRA_LOGIN: graph.url,
      GATEPOST_DIRECTORIES_ENTRA_GRAPH: graph.url,
      GATEPOST_DIRECTORIES_GOOGLE_TOKEN: google.token,
      GATEPOST_DIRECTORIES_GOOGLE_API: google.api,
      GATEPOST_CLOUDS_MICROSOFT_ENDPOINTS: `${ranges.url}/endpoints/worldwide`,
    }),
    stop: async () => {
      await Promise.all([ldap.stop(), graph.stop(), google.stop(), ranges.stop()])
    },
  }
}

/** Microsoft's list of the addresses that its services have. */
function startRanges(): Promise<JsonServer> {
  const list = [{ id: 1, serviceArea: 'Exchange', tcpPorts: '25', ips: MICROSOFT_RANGES, required: true }]
  return startJsonServer(() => ({ status: 200, body: list }))
}
