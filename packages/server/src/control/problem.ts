// How control refuses: a closed set of problems (contract/problem.ts), thrown as values that HTTP and CLI
// word.
import { type FieldError, type ProblemName, problems } from '@gatepost/contract/problem.ts'

/** An expected refusal. `detail` says what happened and what to do; `errors` name fields. */
export class Problem extends Error {
  readonly problemName: ProblemName
  readonly errors: readonly FieldError[]
  readonly retryAfterSeconds: number | null

  constructor(
    name: ProblemName,
    detail: string,
    errors: readonly FieldError[],
    retryAfterSeconds: number | null,
  ) {
    super(detail)
    this.problemName = name
    this.errors = errors
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export function problem(
  name: ProblemName,
  detail: string = problems[name].title,
  more: { readonly errors?: readonly FieldError[]; readonly retryAfterSeconds?: number } = {},
): Problem {
  return new Problem(name, detail, more.errors ?? [], more.retryAfterSeconds ?? null)
}

/** A refusal of single fields: `invalid-input` with the exact remedy for each. */
export function invalidInput(errors: readonly FieldError[]): Problem {
  return problem('invalid-input', errors.map(({ message }) => message).join(' '), { errors })
}
