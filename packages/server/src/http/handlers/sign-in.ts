// Answers about how an organisation's people sign in: profiles, identity providers, password rules, accounts.
import * as contract from '@gatepost/contract/sign-in-settings.ts'
import * as accounts from '#control/auth/accounts.ts'
import { readMetadata } from '#control/auth/idp-metadata.ts'
import * as profiles from '#control/auth/profile.ts'
import * as providers from '#control/auth/provider.ts'
import * as settings from '#control/auth/sign-in-settings.ts'
import { outwardFetch } from '#control/auth/sso.ts'
import { invalidInput, problem } from '#control/problem.ts'
import { type ApiRequest, type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function signInBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    ...settingsBindings(deps),
    ...profileBindings(deps),
    ...providerBindings(deps),
    ...accountsBindings(deps),
  ]
}

function isOperator({ signedIn }: Pick<ApiRequest<never>, 'signedIn'>): boolean {
  return signedIn?.person.operator === true
}

function settingsBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.getSignInSettings, (request) => settings.signInSettings(scopeOf(request), deps)),
    on(contract.updatePasswordRules, (request) =>
      settings.setPasswordRules(scopeOf(request), { rules: request.body, ifMatch: request.ifMatch }, deps),
    ),
    on(contract.chooseSignIn, (request) =>
      settings.chooseSignIn(scopeOf(request), request.body.chosen, deps),
    ),
    on(contract.setOperatorVouching, (request) => {
      const input = { vouches: request.body.vouches, isOperator: isOperator(request) }
      return settings.setOperatorVouching(scopeOf(request), input, deps)
    }),
    on(contract.testDirectorySignIn, (request) =>
      settings.testDirectorySignIn(scopeOf(request), request.body, deps),
    ),
  ]
}

function profileBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.createProfile, (request) => profiles.createProfile(scopeOf(request), request.body, deps)),
    on(contract.updateProfile, (request) => {
      const input = { id: request.params.profile, draft: request.body, ifMatch: request.ifMatch }
      return profiles.updateProfile(scopeOf(request), { ...input, isOperator: isOperator(request) }, deps)
    }),
    on(contract.removeProfile, async (request) => {
      await profiles.removeProfile(scopeOf(request), request.params.profile, deps)
      return {}
    }),
  ]
}

function providerBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.createProvider, (request) => providers.createProvider(scopeOf(request), request.body, deps)),
    on(contract.updateProvider, (request) => {
      const input = { id: request.params.provider, draft: request.body, ifMatch: request.ifMatch }
      return providers.updateProvider(scopeOf(request), input, deps)
    }),
    on(contract.enableProvider, (request) => {
      const input = { id: request.params.provider, enabled: request.body.enabled }
      return providers.enableProvider(scopeOf(request), input, deps)
    }),
    on(contract.removeProvider, async (request) => {
      await providers.removeProvider(scopeOf(request), request.params.provider, deps)
      return {}
    }),
    on(contract.readIdpMetadata, async (request) => {
      const { url, xml } = request.body
      if (xml !== undefined) return readMetadata(xml)
      if (url === undefined) throw invalidInput([{ path: '/url', message: 'Give an address, or the XML.' }])
      return readMetadata(await textAt(url, deps))
    }),
  ]
}

async function textAt(url: string, deps: HandlerDeps): Promise<string> {
  if (!url.startsWith('https://') && !(url.startsWith('http://') && deps.url.startsWith('http://localhost')))
    throw invalidInput([{ path: '/url', message: 'Enter an https address.' }])
  try {
    const response = await outwardFetch(deps)(url)
    if (response.status === 200) return await response.text()
    throw new Error(`it answered ${response.status}`)
  } catch (error) {
    throw problem(
      'metadata-unreadable',
      `${url} could not be read: ${(error as Error).message}. Paste the XML instead.`,
    )
  }
}

function accountsBindings(deps: HandlerDeps): readonly Binding[] {
  const mender = (request: Pick<ApiRequest<never>, 'signedIn'>): accounts.Mender => ({
    personId: request.signedIn?.person.id ?? '',
    isOperator: isOperator(request),
  })
  return [
    on(contract.listAccounts, async (request) => {
      const page = await accounts.listAccounts(scopeOf(request), request.query, deps)
      return { ...page, items: [...page.items], total: null }
    }),
    on(contract.giveAccount, (request) => accounts.giveAccount(scopeOf(request), request.body.email, deps)),
    on(contract.resetAccountPassword, (request) =>
      accounts.resetPassword(scopeOf(request), request.params.account, mender(request), deps),
    ),
    on(contract.removeAccountFactors, (request) =>
      accounts.removeFactors(scopeOf(request), request.params.account, mender(request), deps),
    ),
    on(contract.listAccountSessions, async (request) => ({
      items: [...(await accounts.accountSessions(scopeOf(request), request.params.account, deps))],
    })),
    on(contract.endAccountSessions, async (request) => {
      const target = { accountId: request.params.account, sessionId: request.query.session ?? null }
      return { ended: await accounts.endAccountSessions(scopeOf(request), target, mender(request), deps) }
    }),
  ]
}
