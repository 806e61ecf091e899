// A refused request as an error: RFC 9457 problem with field errors, so that pages can say what to do.
import type { FieldError, ProblemBody } from '@gatepost/contract/problem.ts'
import type { Said } from '@gatepost/contract/saying.ts'

export class ProblemError extends Error {
  readonly #body: ProblemBody

  constructor(body: ProblemBody) {
    super(body.detail || body.title)
    this.name = 'ProblemError'
    this.#body = body
  }

  /** Kebab-case name from the contract's list, or `unreachable` and `strange-answer` of our own. */
  get problem(): string {
    return this.#body.name
  }

  get title(): string {
    return this.#body.title
  }

  get detail(): string {
    return this.#body.detail
  }

  /** The detail as a code, where it has one. */
  get said(): Said | undefined {
    return this.#body.said
  }

  get status(): number {
    return this.#body.status
  }

  get requestId(): string {
    return this.#body.requestId
  }

  /** Seconds to wait before the next try; null when the server named none. */
  get retryAfter(): number | null {
    return this.#body.retryAfter ?? null
  }

  get errors(): readonly FieldError[] {
    return this.#body.errors
  }
}

/** No answer at all: the network, or the gateway's control process, is away. */
export function unreachable(): ProblemError {
  return new ProblemError({
    type: 'about:blank',
    title: 'The console does not reach the gateway',
    status: 0,
    name: 'unreachable',
    detail: 'Mail keeps flowing: the edges work without the console. We try again by ourselves.',
    errors: [],
    requestId: '',
  })
}

/**
 * Field errors by form path: `/organization/primaryDomain` becomes `organization.primaryDomain`. The first
 * message of each field counts, as `say` words it.
 */
export function fieldErrorsOf(
  error: unknown,
  say: (said: Said | undefined, text: string) => string = (_said, text) => text,
): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  if (!(error instanceof ProblemError)) return fields
  for (const { path, message, said } of error.errors) {
    const field = path.replace(/^\//, '').replaceAll('/', '.')
    if (!fields.has(field)) fields.set(field, say(said, message))
  }
  return fields
}

/** True for a problem of that name. */
export function isProblem(error: unknown, name: string): boolean {
  return error instanceof ProblemError && error.problem === name
}
