// C12: basic administrators, derived from who holds the role and who of them can sign in.
import { countOf } from '../domain/look.ts'
import type { Own } from './derive.ts'
import { checkOf } from './derive-people.ts'
import type { Observed } from './observed.ts'

/** Done when somebody with the role can sign in; waiting while all of them still have a link to open. */
export function deriveAdministrators({ administrators }: Observed): Own {
  const { people, invited } = administrators
  const able = people.filter(({ canSignIn }) => canSignIn)
  const checks = [
    ...people.map(({ name, canSignIn }) =>
      checkOf({
        name: `administrator ${name}`,
        title: `${name} can sign in`,
        state: canSignIn ? 'passed' : 'running',
        saw: canSignIn ? 'The account has what it needs.' : 'There is no password and no sign-in yet.',
        remedy: canSignIn ? null : 'Give the person a password, or let them sign in once.',
      }),
    ),
    ...invited.map((name) =>
      checkOf({
        name: `invitation ${name}`,
        title: `${name} accepts the invitation`,
        state: 'running',
        saw: 'The link was not opened yet.',
        remedy: 'Hand the link on, or make a new one.',
      }),
    ),
  ]
  const isSatisfied = able.length > 0
  if (isSatisfied) {
    return { state: 'done', detail: `${namesOf(able)} can sign in`, checks, isSatisfied }
  }
  const open = people.length + invited.length
  if (open > 0) {
    return {
      state: 'waiting',
      detail: `${countOf(open, 'person', 'people')} to sign in`,
      checks,
      isSatisfied,
    }
  }
  return { state: 'not-started', detail: 'Nobody holds the role yet', checks, isSatisfied }
}

function namesOf(people: readonly { readonly name: string }[]): string {
  const [first, second] = people
  if (people.length > 2) return countOf(people.length, 'person', 'people')
  return second === undefined ? first!.name : `${first!.name} and ${second.name}`
}
