// The whole of an organisation's sign-in settings: what the page shows, password rules, the choice of C4, and
// whether directory and identity providers vouch for operators too.
import type { PasswordRules } from '@gatepost/contract/password.ts'
import type { DirectoryTest, SignInSettings } from '@gatepost/contract/sign-in-settings.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings, requireRevision } from '../settings/settings.ts'
import { accountKey, tooMany } from './auth.ts'
import type { AuthDeps } from './deps.ts'
import { presentProfiles } from './profile.ts'
import { presentProvider, providersOf } from './provider.ts'
import { readSettings, type StoredSettings, writeSettings } from './settings-store.ts'

export type SettingsDeps = AuthDeps & Pick<ControlDeps, 'link'>

export async function signInSettings(
  { tenantId }: Pick<Scope, 'tenantId'>,
  { store, url, directorySignIn }: Pick<SettingsDeps, 'store' | 'url' | 'directorySignIn'>,
): Promise<SignInSettings> {
  const { db } = store
  const settings = await readSettings(db, tenantId)
  return {
    ...settings,
    profiles: [...(await presentProfiles(db, tenantId))],
    providers: (await providersOf(db, tenantId)).map((row) => presentProvider(row, url)),
    hasDirectory: await directorySignIn.isThere(tenantId),
  }
}

export function setPasswordRules(
  scope: Scope,
  input: { readonly rules: PasswordRules; readonly ifMatch: number | null },
  deps: SettingsDeps,
): Promise<SignInSettings> {
  return change(scope, deps, {
    action: 'password-rules.changed',
    subject: 'password rules',
    ifMatch: input.ifMatch,
    to: (before) => ({ ...before, rules: input.rules }),
  })
}

/** Says that the default profile is how people sign in; it is what C4 asks. */
export function chooseSignIn(scope: Scope, chosen: boolean, deps: SettingsDeps): Promise<SignInSettings> {
  const now = deps.clock.now()
  return change(scope, deps, {
    action: chosen ? 'sign-in.chosen' : 'sign-in.reopened',
    subject: 'how people sign in',
    ifMatch: null,
    to: (before) => ({ ...before, chosenAt: chosen ? (before.chosenAt ?? now) : null }),
  })
}

/** For operators of the installation alone: a tenant must not make itself one (abuse case 64). */
export function setOperatorVouching(
  scope: Scope,
  input: { readonly vouches: boolean; readonly isOperator: boolean },
  deps: SettingsDeps,
): Promise<SignInSettings> {
  if (!input.isOperator) throw problem('not-allowed', 'Only an operator of the installation may decide this.')
  return change(scope, deps, {
    action: 'sign-in.operators',
    subject: 'sign-in of operators by directory and identity providers',
    ifMatch: null,
    to: (before) => ({ ...before, vouchesForOperators: input.vouches }),
  })
}

/** Asks the directory once with somebody's address and password there; keeps the outcome alone. */
export async function testDirectorySignIn(
  scope: Scope,
  input: { readonly email: string; readonly password: string },
  deps: SettingsDeps,
): Promise<DirectoryTest> {
  const waitSeconds = deps.attempts.spend('factor', `directory ${accountKey(input.email)}`)
  if (waitSeconds > 0) throw tooMany(waitSeconds)
  const { tenantId } = scope
  const answer = await deps.directorySignIn.ask({ tenantId, ...input })
  const at = deps.clock.now()
  const test: DirectoryTest = { at, address: input.email, ...wordsOf(answer) }
  await change(scope, deps, {
    action: 'directory-sign-in.tested',
    subject: `directory sign-in of ${input.email}: ${test.state}`,
    ifMatch: null,
    to: (before) => ({ ...before, directoryTest: test }),
  })
  return test
}

function wordsOf(
  answer: Awaited<ReturnType<AuthDeps['directorySignIn']['ask']>>,
): Pick<DirectoryTest, 'state' | 'saw' | 'remedy' | 'connector'> {
  switch (answer.kind) {
    case 'accepted':
      return {
        state: 'passed',
        connector: answer.connector,
        saw: `${answer.connector} accepted address and password.`,
        remedy: null,
      }
    case 'none':
      return {
        state: 'failed',
        connector: null,
        saw: 'No directory of yours can be asked.',
        remedy: 'Connect an LDAP directory first (step “Synchronize your directory”).',
      }
    default:
      return { state: 'failed', connector: answer.connector, saw: answer.why, remedy: answer.remedy }
  }
}

async function change(
  scope: Scope,
  deps: SettingsDeps,
  asked: {
    readonly action: string
    readonly subject: string
    readonly ifMatch: number | null
    readonly to: (before: StoredSettings) => StoredSettings
  },
): Promise<SignInSettings> {
  const { store, clock, link } = deps
  await store.transaction(async (trx) => {
    const before = await readSettings(trx, scope.tenantId)
    requireRevision(before, asked.ifMatch)
    const after = asked.to(before)
    const { revision: _before, ...was } = before
    const { revision: _after, ...is } = after
    const { action, subject } = asked
    const revision = await changeSettings(trx, scope, {
      action,
      subject,
      before: was,
      after: is,
      at: clock.now(),
    })
    await writeSettings(trx, scope.tenantId, { ...after, revision })
  })
  link.settingsChanged()
  return signInSettings(scope, deps)
}
