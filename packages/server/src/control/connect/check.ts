// Checks and details as the steps write them: English, and beside it the code of each sentence (decision
// 0030).
import type { Check } from '@gatepost/contract/common.ts'
import type { CheckSaid, Said } from '@gatepost/contract/saying.ts'
import { english, saidOf, sayings, type Text } from '@gatepost/contract/sayings.ts'

type Written = Pick<Check, 'name' | 'state'> &
  Partial<Pick<Check, 'checkedAt' | 'nextCheckAt'>> & {
    readonly title: Text
    readonly saw: Text
    readonly remedy: Text | null
  }

/** A check that nobody schedules, unless it says so. */
export function checkOf({ title, saw, remedy, ...rest }: Written): Check {
  const texts = { title: english(title), saw: english(saw), remedy: remedy === null ? null : english(remedy) }
  return { checkedAt: null, nextCheckAt: null, ...rest, ...texts, ...saidOfCheck({ title, saw, remedy }) }
}

/** Nothing where no text has a code. */
export function saidOfCheck(texts: { readonly [Part in keyof CheckSaid]: Text | null }): {
  said?: CheckSaid
} {
  const parts = Object.entries(texts).flatMap(([part, text]) => {
    const said = saidOf(text)
    return said === undefined ? [] : [[part, said] as const]
  })
  return parts.length === 0 ? {} : { said: Object.fromEntries(parts) }
}

/** What is said of a check: its code where it has one. */
export function sawOfCheck({ saw, said }: Pick<Check, 'saw' | 'said'>): Text {
  return said?.saw ?? saw
}

export function titleOfCheck({ title, said }: Pick<Check, 'title' | 'said'>): Text {
  return said?.title ?? title
}

/** Tests of a route are named by a closed list, as their titles are. */
export function titleOfTest(check: Pick<Check, 'name' | 'title' | 'said'>): Text {
  const code = `probe.${check.name}`
  return sayings.has(code) ? { code } : titleOfCheck(check)
}

/** The state of a step with the short words behind it. */
export function is<State extends string>(
  state: State,
  detail: Text,
): { readonly state: State; readonly detail: string; readonly said?: { readonly detail: Said } } {
  const said = saidOf(detail)
  return { state, detail: english(detail), ...(said === undefined ? {} : { said: { detail: said } }) }
}
