// How refusals leave the house: RFC 9457 bodies, our own faults with a request id that finds the log line.
import { type ProblemBody, type ProblemName, problems } from '@gatepost/contract/problem.ts'
import { english, say } from '@gatepost/contract/sayings.ts'
import { Problem } from '#control/problem.ts'
import type { Emit } from '#events/emit.ts'

type Options = {
  readonly requestId: string
  readonly endpoint: string
  readonly headers: Headers
  readonly emit: Emit
}

/** The response for anything thrown. What is not a `Problem` is our fault: 500, and the log has the stack. */
export function presentProblem(error: unknown, { requestId, endpoint, headers, emit }: Options): Response {
  if (error instanceof Problem) return respond(bodyOf(error, requestId), headers)
  emit('control.request.failed', { requestId, endpoint, error })
  const said = say('problem.internal', { id: requestId })
  return respond({ ...plainBody('internal-error', english(said), requestId), said }, headers)
}

/** A body for a problem without fields. */
export function plainBody(name: ProblemName, detail: string, requestId: string): ProblemBody {
  const { status, title } = problems[name]
  return { type: `/docs/api#problem-${name}`, title, status, name, detail, errors: [], requestId }
}

function bodyOf(error: Problem, requestId: string): ProblemBody {
  const { said, errors } = error
  const plain = { ...plainBody(error.problemName, error.message, requestId), errors: [...errors] }
  const body = said === undefined ? plain : { ...plain, said }
  return error.retryAfterSeconds === null ? body : { ...body, retryAfter: error.retryAfterSeconds }
}

function respond(body: ProblemBody, headers: Headers): Response {
  headers.set('content-type', 'application/problem+json; charset=utf-8')
  if (body.retryAfter !== undefined) headers.set('retry-after', String(body.retryAfter))
  return new Response(JSON.stringify(body), { status: body.status, headers })
}
