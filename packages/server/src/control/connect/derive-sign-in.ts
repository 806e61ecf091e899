// C4, derived: every way in that the default profile offers was seen to work by a test sign-in, and somebody
// said that this is how people sign in.
import type { Check } from '@gatepost/contract/common.ts'
import type { Own } from './derive.ts'
import { checkOf } from './derive-people.ts'
import type { Observed, ObservedSignIn } from './observed.ts'

export function deriveSignIn({ signIn }: Pick<Observed, 'signIn'>): Own {
  const used = signIn.providers.filter(({ isUsed }) => isUsed)
  const checks = [
    checkOf({
      name: 'choice',
      title: 'How people sign in is chosen',
      state: signIn.chosenAt === null ? 'not-run' : 'passed',
      saw: signIn.chosenAt === null ? 'Nothing is chosen yet.' : `${waysOf(signIn)}.`,
      remedy: signIn.chosenAt === null ? 'Choose how people sign in, and test it.' : null,
      checkedAt: signIn.chosenAt,
    }),
    ...directoryCheck(signIn),
    ...used.map(providerCheck),
  ]
  const failed = checks.find(({ state }) => state === 'failed')
  const isDone = checks.every(({ state }) => state === 'passed')
  const own = { checks, isSatisfied: isDone }
  if (isDone) return { ...own, state: 'done', detail: waysOf(signIn) }
  if (failed) return { ...own, state: 'needs-attention', detail: failed.saw }
  const hasBegun = signIn.chosenAt !== null || signIn.providers.length > 0 || signIn.directory !== null
  if (hasBegun) return { ...own, state: 'in-progress', detail: 'A test sign-in is to come' }
  return { ...own, state: 'not-started', detail: 'Nobody chose yet' }
}

function waysOf({ password, directory, providers }: ObservedSignIn): string {
  const ways = [
    ...providers.filter(({ isUsed }) => isUsed).map(({ name }) => name),
    ...(directory ? ['password of the directory'] : []),
    ...(password ? ['password here'] : []),
  ]
  const text = ways.join(', ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function directoryCheck({ directory }: ObservedSignIn): readonly Check[] {
  if (directory === null) return []
  const { isThere, test } = directory
  const title = 'Somebody signed in with the password of the directory'
  if (!isThere) {
    const remedy = 'Connect an LDAP directory, or choose another way.'
    return [checkOf({ name: 'directory', title, state: 'failed', saw: 'No directory can be asked.', remedy })]
  }
  return [testCheck({ name: 'directory', title, test })]
}

function providerCheck({ name, enabled, test }: ObservedSignIn['providers'][number]): Check {
  const title = `Somebody signed in by ${name}`
  if (!enabled) {
    const saw = `${name} is switched off.`
    return checkOf({
      name: `provider ${name}`,
      title,
      state: 'failed',
      saw,
      remedy: 'Test it and switch it on.',
    })
  }
  return testCheck({ name: `provider ${name}`, title, test })
}

function testCheck(check: {
  readonly name: string
  readonly title: string
  readonly test: ObservedSignIn['providers'][number]['test']
}): Check {
  const { name, title, test } = check
  if (test === null)
    return checkOf({ name, title, state: 'not-run', saw: 'Not tested yet.', remedy: 'Run the test sign-in.' })
  const { state, saw, remedy, at } = test
  return checkOf({ name, title, state, saw, remedy: state === 'passed' ? null : remedy, checkedAt: at })
}
