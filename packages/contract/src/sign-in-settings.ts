// How an organisation's people sign in: profiles, identity providers, password rules and accounts.
import * as z from 'zod'
import { Factor, Session } from './account.ts'
import { Address, Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { PASSWORD_LENGTH_MAX, PasswordRules } from './password.ts'

export const RANGES_MAX = 100
/** Three months. */
export const SESSION_HOURS_MAX = 2_160
const Ranges = z.array(z.string().trim().max(50)).max(RANGES_MAX)

export const ProfileSettings = z.object({
  /** Own password or passkey; password of the directory; identity providers by id. */
  password: z.boolean(),
  directory: z.boolean(),
  providers: z.array(z.string()).max(20),
  secondFactor: z.enum(['always', 'outside', 'never']),
  /** Days from the first sign-in on in which a second factor is asked for, not yet demanded. */
  graceDays: z.int().min(0).max(90),
  /** With `outside`: from here no second factor is asked for. */
  trustedRanges: Ranges,
  /** Nobody signs in from anywhere else; empty permits all. */
  permittedRanges: Ranges,
  idleMinutes: z.int().min(5).max(43_200),
  sessionHours: z.int().min(1).max(SESSION_HOURS_MAX),
})
export type ProfileSettings = z.infer<typeof ProfileSettings>

export const SignInProfile = ProfileSettings.extend({
  id: z.string(),
  kind: z.enum(['default', 'administrators', 'groups']),
  name: z.string(),
  groups: z.array(z.object({ id: z.string(), name: z.string() })),
  revision: z.int(),
})
export type SignInProfile = z.infer<typeof SignInProfile>

const ProfileDraft = ProfileSettings.extend({
  name: z.string().trim().min(1).max(80),
  groups: z.array(z.string()).max(50).default([]),
})
export type ProfileDraft = z.infer<typeof ProfileDraft>

export const ProviderTest = z.object({
  at: Time,
  state: z.enum(['passed', 'failed']),
  /** The address that came back, when one did. */
  address: z.string().nullable(),
  saw: z.string(),
  remedy: z.string().nullable(),
})
export type ProviderTest = z.infer<typeof ProviderTest>

export const SamlSettings = z.object({
  kind: z.literal('saml'),
  /** Entity id of the identity provider. */
  issuer: z.string().trim().min(1).max(500),
  /** Where its sign-in begins (redirect binding). */
  signInUrl: z.url().max(500),
  /** Certificates it signs with, PEM; several while it changes them. */
  certificates: z.array(z.string().max(10_000)).min(1).max(5),
  /** The attribute that holds the address; empty takes the name id. */
  addressAttribute: z.string().trim().max(300).default(''),
})
export type SamlSettings = z.infer<typeof SamlSettings>

export const OidcSettings = z.object({
  kind: z.literal('oidc'),
  /** Its discovery document stands below this address. */
  issuer: z.url().max(500),
  clientId: z.string().trim().min(1).max(300),
  /** The claim that holds the address. */
  addressClaim: z.string().trim().min(1).max(100).default('email'),
})
export type OidcSettings = z.infer<typeof OidcSettings>

export const IdentityProvider = z.object({
  id: z.string(),
  name: z.string(),
  settings: z.discriminatedUnion('kind', [SamlSettings, OidcSettings]),
  /** When the client secret was set; it is never shown. */
  secretSetAt: Time.nullable(),
  enabled: z.boolean(),
  test: ProviderTest.nullable(),
  lastUsedAt: Time.nullable(),
  /** Names of certificates and until when they count, so that their end is no surprise. */
  certificates: z.array(z.object({ name: z.string(), validUntil: Time })),
  /** What the identity provider asks for. */
  ours: z.object({
    entityId: z.string(),
    acsUrl: z.string(),
    metadataUrl: z.string(),
    redirectUri: z.string(),
    startUrl: z.string(),
  }),
  revision: z.int(),
})
export type IdentityProvider = z.infer<typeof IdentityProvider>

const ProviderDraft = z.object({
  name: z.string().trim().min(1).max(60),
  settings: z.discriminatedUnion('kind', [SamlSettings, OidcSettings]),
  /** Only when it changes. */
  secret: z.string().min(1).max(500).optional(),
})
export type ProviderDraft = z.infer<typeof ProviderDraft>

export const DirectoryTest = ProviderTest.extend({ connector: z.string().nullable() })
export type DirectoryTest = z.infer<typeof DirectoryTest>

export const SignInSettings = z.object({
  rules: PasswordRules,
  profiles: z.array(SignInProfile),
  providers: z.array(IdentityProvider),
  /** A directory is connected that can be asked at sign-in. */
  hasDirectory: z.boolean(),
  directoryTest: DirectoryTest.nullable(),
  /** When somebody chose how people sign in (C4). */
  chosenAt: Time.nullable(),
  vouchesForOperators: z.boolean(),
  revision: z.int(),
})
export type SignInSettings = z.infer<typeof SignInSettings>

const ProfilePath = TenantPath.extend({ profile: z.string() })
const ProviderPath = TenantPath.extend({ provider: z.string() })
const AccountPath = TenantPath.extend({ account: z.string() })
const read = { tag: 'Sign-in', allow: 'sign-in:read', params: TenantPath, query: Nothing } as const
const write = { ...read, allow: 'sign-in:write' } as const

export const getSignInSettings = endpoint({
  ...read,
  name: 'getSignInSettings',
  method: 'GET',
  path: '/v1/tenants/{tenant}/sign-in',
  summary: 'Profiles, identity providers and password rules.',
  body: Nothing,
  output: SignInSettings,
  status: 200,
  problems: ['not-found'],
})

export const updatePasswordRules = endpoint({
  ...write,
  name: 'updatePasswordRules',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/sign-in/password-rules',
  summary: 'Sets what new passwords must be; those that exist stay until they are changed or expire.',
  body: PasswordRules,
  output: SignInSettings,
  status: 200,
  problems: ['invalid-input', 'changed-meanwhile'],
})

export const chooseSignIn = endpoint({
  ...write,
  name: 'chooseSignIn',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/sign-in/choice',
  summary: 'Says that people sign in as the default profile has it (C4).',
  body: z.object({ chosen: z.boolean() }),
  output: SignInSettings,
  status: 200,
  problems: ['not-found'],
})

export const setOperatorVouching = endpoint({
  ...write,
  name: 'setOperatorVouching',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/sign-in/operators',
  summary: 'Lets directory and identity providers sign in operators of the installation; for operators only.',
  body: z.object({ vouches: z.boolean() }),
  output: SignInSettings,
  status: 200,
  problems: ['not-allowed'],
})

export const createProfile = endpoint({
  ...write,
  name: 'createProfile',
  method: 'POST',
  path: '/v1/tenants/{tenant}/sign-in/profiles',
  summary: 'Adds a profile for groups; the first one that names a group of the person counts.',
  body: ProfileDraft,
  output: SignInProfile,
  status: 201,
  problems: ['invalid-input', 'limit-reached'],
})

export const updateProfile = endpoint({
  ...write,
  name: 'updateProfile',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/sign-in/profiles/{profile}',
  summary: 'Changes a profile. What makes the administrators’ profile weaker is for operators only.',
  params: ProfilePath,
  body: ProfileDraft,
  output: SignInProfile,
  status: 200,
  problems: ['not-found', 'invalid-input', 'not-allowed', 'changed-meanwhile'],
})

export const removeProfile = endpoint({
  ...write,
  name: 'removeProfile',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/sign-in/profiles/{profile}',
  summary: 'Removes a profile for groups. The default and the administrators’ profile stay.',
  params: ProfilePath,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'profile-stays'],
})

export const createProvider = endpoint({
  ...write,
  name: 'createProvider',
  method: 'POST',
  path: '/v1/tenants/{tenant}/sign-in/providers',
  summary: 'Adds an identity provider; it is used once a test sign-in passed and it is switched on.',
  body: ProviderDraft,
  output: IdentityProvider,
  status: 201,
  problems: ['invalid-input', 'limit-reached'],
})

export const updateProvider = endpoint({
  ...write,
  name: 'updateProvider',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/sign-in/providers/{provider}',
  summary: 'Changes an identity provider; a change of its settings switches it off until tested again.',
  params: ProviderPath,
  body: ProviderDraft,
  output: IdentityProvider,
  status: 200,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile'],
})

export const enableProvider = endpoint({
  ...write,
  name: 'enableProvider',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/sign-in/providers/{provider}/enabled',
  summary: 'Switches an identity provider on, which needs a test sign-in that passed, or off.',
  params: ProviderPath,
  body: z.object({ enabled: z.boolean() }),
  output: IdentityProvider,
  status: 200,
  problems: ['not-found', 'test-first', 'provider-in-use'],
})

export const removeProvider = endpoint({
  ...write,
  name: 'removeProvider',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/sign-in/providers/{provider}',
  summary: 'Removes an identity provider that no profile names.',
  params: ProviderPath,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'provider-in-use'],
})

export const readIdpMetadata = endpoint({
  ...write,
  name: 'readIdpMetadata',
  method: 'POST',
  path: '/v1/tenants/{tenant}/sign-in/saml-metadata',
  summary: 'Reads a SAML identity provider’s metadata, from its address or as XML, into settings.',
  body: z.object({ url: z.url().max(1_000).optional(), xml: z.string().max(500_000).optional() }),
  output: SamlSettings,
  status: 200,
  problems: ['invalid-input', 'metadata-unreadable'],
})

export const testDirectorySignIn = endpoint({
  ...write,
  name: 'testDirectorySignIn',
  method: 'POST',
  path: '/v1/tenants/{tenant}/sign-in/directory-test',
  summary:
    'Signs in against the directory once, with an address and its password there; nothing is kept of it.',
  body: z.object({ email: Address, password: z.string().min(1).max(PASSWORD_LENGTH_MAX) }),
  output: DirectoryTest,
  status: 200,
  problems: ['not-found', 'too-many-attempts'],
})

export const Account = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  isAdministrator: z.boolean(),
  hasPassword: z.boolean(),
  mustChange: z.boolean(),
  factors: z.array(Factor.pick({ id: true, kind: true, name: true })),
  profile: z.string(),
  sessions: z.int(),
  lastSeenAt: Time.nullable(),
  /** Addresses from which this account has to wait after wrong passwords. */
  lockedFrom: z.array(z.object({ from: z.string(), until: Time })),
})
export type Account = z.infer<typeof Account>

const helps = { ...read, tag: 'Sign-in', allow: 'users:read' } as const
const mends = { ...read, allow: 'users:write' } as const

export const listAccounts = endpoint({
  ...helps,
  name: 'listAccounts',
  method: 'GET',
  path: '/v1/tenants/{tenant}/accounts',
  summary: 'People who can sign in, by address.',
  query: PageQuery.extend({ search: z.string().trim().max(320).optional() }),
  body: Nothing,
  output: pageOf(Account),
  status: 200,
  problems: ['not-found'],
})

export const giveAccount = endpoint({
  ...mends,
  name: 'giveAccount',
  method: 'POST',
  path: '/v1/tenants/{tenant}/accounts',
  summary: 'Lets a user sign in: makes the account with a temporary password, shown once.',
  body: z.object({ email: Address }),
  output: z.object({ account: Account, temporaryPassword: z.string() }),
  status: 201,
  problems: ['not-found', 'address-exists'],
})

export const resetAccountPassword = endpoint({
  ...mends,
  name: 'resetAccountPassword',
  method: 'POST',
  path: '/v1/tenants/{tenant}/accounts/{account}/password',
  summary:
    'Gives a temporary password, shown once, to be changed at the next sign-in; ends sessions and locks.',
  params: AccountPath,
  body: Nothing,
  output: z.object({ account: Account, temporaryPassword: z.string() }),
  status: 200,
  problems: ['not-found', 'not-allowed'],
})

export const removeAccountFactors = endpoint({
  ...mends,
  name: 'removeAccountFactors',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/accounts/{account}/factors',
  summary: 'Removes all second factors of somebody who lost them; the sessions end.',
  params: AccountPath,
  body: Nothing,
  output: Account,
  status: 200,
  problems: ['not-found', 'not-allowed'],
})

export const listAccountSessions = endpoint({
  ...helps,
  name: 'listAccountSessions',
  method: 'GET',
  path: '/v1/tenants/{tenant}/accounts/{account}/sessions',
  summary: 'Where a person is signed in.',
  params: AccountPath,
  body: Nothing,
  output: z.object({ items: z.array(Session) }),
  status: 200,
  problems: ['not-found'],
})

export const endAccountSessions = endpoint({
  ...mends,
  name: 'endAccountSessions',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/accounts/{account}/sessions',
  summary: 'Ends all sessions of a person, or the one named.',
  params: AccountPath,
  query: z.object({ session: z.string().max(60).optional() }),
  body: Nothing,
  output: z.object({ ended: z.int() }),
  status: 200,
  problems: ['not-found', 'not-allowed'],
})
