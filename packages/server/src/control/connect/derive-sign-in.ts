// C4, derived: every way in that the default profile offers was seen to work by a test sign-in, and somebody
// said that this is how people sign in.
import type { Check } from '@gatepost/contract/common.ts'
import { listOf, say, type Text } from '@gatepost/contract/sayings.ts'
import { checkOf, is, sawOfCheck } from './check.ts'
import type { Own } from './derive.ts'
import type { Observed, ObservedSignIn } from './observed.ts'

export function deriveSignIn({ signIn }: Pick<Observed, 'signIn'>): Own {
  const used = signIn.providers.filter(({ isUsed }) => isUsed)
  const checks = [
    checkOf({
      name: 'choice',
      title: say('sign-in.chosen'),
      state: signIn.chosenAt === null ? 'not-run' : 'passed',
      saw:
        signIn.chosenAt === null ? say('sign-in.not-chosen') : say('sign-in.ways', { ways: waysOf(signIn) }),
      remedy: signIn.chosenAt === null ? say('sign-in.choose') : null,
      checkedAt: signIn.chosenAt,
    }),
    ...directoryCheck(signIn),
    ...used.map(providerCheck),
  ]
  const failed = checks.find(({ state }) => state === 'failed')
  const isDone = checks.every(({ state }) => state === 'passed')
  const own = { checks, isSatisfied: isDone }
  if (isDone) return { ...own, ...is('done', waysOf(signIn)) }
  if (failed) return { ...own, ...is('needs-attention', sawOfCheck(failed)) }
  const hasBegun = signIn.chosenAt !== null || signIn.providers.length > 0 || signIn.directory !== null
  if (hasBegun) return { ...own, ...is('in-progress', say('sign-in.to-come')) }
  return { ...own, ...is('not-started', say('sign-in.nobody-chose')) }
}

function waysOf({ password, directory, providers }: ObservedSignIn): Text {
  const named = providers.filter(({ isUsed }) => isUsed).map(({ name }) => name)
  const hasBefore = named.length > 0
  const ways: readonly Text[] = [
    ...named.map((name, index) => (index === 0 ? upperFirst(name) : name)),
    ...(directory ? [say(hasBefore ? 'sign-in.directory' : 'sign-in.directory-first')] : []),
    ...(password ? [say(hasBefore || directory ? 'sign-in.password' : 'sign-in.password-first')] : []),
  ]
  return listOf(ways)
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function directoryCheck({ directory }: ObservedSignIn): readonly Check[] {
  if (directory === null) return []
  const { isThere, test } = directory
  const title = say('sign-in.by-directory')
  if (!isThere) {
    const remedy = say('sign-in.connect-directory')
    const saw = say('sign-in.no-directory')
    return [checkOf({ name: 'directory', title, state: 'failed', saw, remedy })]
  }
  return [testCheck({ name: 'directory', title, test })]
}

function providerCheck({ name, enabled, test }: ObservedSignIn['providers'][number]): Check {
  const title = say('sign-in.by', { name })
  if (!enabled) {
    const saw = say('sign-in.off', { name })
    return checkOf({
      name: `provider ${name}`,
      title,
      state: 'failed',
      saw,
      remedy: say('sign-in.switch-on'),
    })
  }
  return testCheck({ name: `provider ${name}`, title, test })
}

function testCheck(check: {
  readonly name: string
  readonly title: Text
  readonly test: ObservedSignIn['providers'][number]['test']
}): Check {
  const { name, title, test } = check
  if (test === null)
    return checkOf({
      name,
      title,
      state: 'not-run',
      saw: say('check.not-tested'),
      remedy: say('sign-in.test'),
    })
  const { state, saw, remedy, at } = test
  return checkOf({ name, title, state, saw, remedy: state === 'passed' ? null : remedy, checkedAt: at })
}
