// C12: basic administrators, derived from who holds the role and who of them can sign in.
import { say, type Text } from '@gatepost/contract/sayings.ts'
import { checkOf, is } from './check.ts'
import type { Own } from './derive.ts'
import type { Observed } from './observed.ts'

/** Done when somebody with the role can sign in; waiting while all of them still have a link to open. */
export function deriveAdministrators({ administrators }: Observed): Own {
  const { people, invited } = administrators
  const able = people.filter(({ canSignIn }) => canSignIn)
  const checks = [
    ...people.map(({ name, canSignIn }) =>
      checkOf({
        name: `administrator ${name}`,
        title: say('administrators.can', { name }),
        state: canSignIn ? 'passed' : 'running',
        saw: canSignIn ? say('administrators.has-all') : say('administrators.has-none'),
        remedy: canSignIn ? null : say('administrators.give'),
      }),
    ),
    ...invited.map((name) =>
      checkOf({
        name: `invitation ${name}`,
        title: say('administrators.accepts', { name }),
        state: 'running',
        saw: say('administrators.not-opened'),
        remedy: say('administrators.hand-on'),
      }),
    ),
  ]
  const isSatisfied = able.length > 0
  const own = { checks, isSatisfied }
  if (isSatisfied) return { ...own, ...is('done', ableText(able)) }
  const open = people.length + invited.length
  if (open > 0) {
    const people = say('part.people', { count: open })
    return { ...own, ...is('waiting', say('administrators.to-sign-in', { people })) }
  }
  return { ...own, ...is('not-started', say('administrators.nobody')) }
}

function ableText(people: readonly { readonly name: string }[]): Text {
  const [first, second] = people
  if (people.length === 1) return say('administrators.can', { name: first!.name })
  const names =
    people.length > 2
      ? say('part.people', { count: people.length })
      : say('part.and', { one: first!.name, other: second!.name })
  return say('administrators.both-can', { names })
}
