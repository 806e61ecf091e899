// How control refuses: a closed set of problems (contract/problem.ts), thrown as values that HTTP and CLI
// word.
import { type FieldError, type ProblemName, problems } from '@gatepost/contract/problem.ts'
import type { Said } from '@gatepost/contract/saying.ts'
import { english, saidOf, type Text } from '@gatepost/contract/sayings.ts'

/** An expected refusal. `detail` says what happened and what to do; `errors` name fields. */
export class Problem extends Error {
  readonly problemName: ProblemName
  readonly errors: readonly FieldError[]
  readonly retryAfterSeconds: number | null
  /** The detail as a code, where it has one. */
  readonly said: Said | undefined

  constructor(
    name: ProblemName,
    detail: Text,
    errors: readonly FieldError[],
    retryAfterSeconds: number | null,
  ) {
    super(english(detail))
    this.problemName = name
    this.errors = errors
    this.retryAfterSeconds = retryAfterSeconds
    this.said = saidOf(detail)
  }
}

export function problem(
  name: ProblemName,
  detail: Text = problems[name].title,
  more: { readonly errors?: readonly FieldError[]; readonly retryAfterSeconds?: number } = {},
): Problem {
  return new Problem(name, detail, more.errors ?? [], more.retryAfterSeconds ?? null)
}

/** What is wrong with one field. */
export function fieldError(path: string, message: Text): FieldError {
  const said = saidOf(message)
  return { path, message: english(message), ...(said === undefined ? {} : { said }) }
}

/** A refusal of single fields: `invalid-input` with the exact remedy for each. */
export function invalidInput(errors: readonly FieldError[]): Problem {
  return problem('invalid-input', errors.map(({ message }) => message).join(' '), { errors })
}
