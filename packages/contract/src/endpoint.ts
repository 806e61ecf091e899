// What an endpoint is: one object gives validation, the typed client, OpenAPI, permission and docs.
import * as z from 'zod'
import type { Permission } from './permission.ts'
import type { ProblemName } from './problem.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * How a request is let in: open to all, any signed-in person, a paired agent by its own token, or a
 * permission (in the tenant of the path).
 */
export type Allow = 'public' | 'signed-in' | 'agent' | Permission

/** What somebody who showed a password may still owe before the session is good for anything else. */
export type Pending = 'second-factor' | 'change-password' | 'enrol-second-factor'

export type Endpoint<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> = {
  /** Unique, camelCase, verb first: also the operationId of OpenAPI. */
  readonly name: string
  readonly method: Method
  /** OpenAPI template such as `/v1/tenants/{tenant}/users/{user}`. `{tenant}` is an id or a slug. */
  readonly path: string
  /** One sentence for the docs. */
  readonly summary: string
  /** Chapter in the docs. */
  readonly tag: string
  readonly allow: Allow
  /** Sessions that still owe one of these may ask for it all the same. */
  readonly duringPending?: readonly Pending[]
  readonly params: Params
  readonly query: Query
  /** JSON body; `raw` bodies (files) name their media types instead. */
  readonly body: Body
  readonly raw?: { readonly mediaTypes: readonly string[]; readonly bytesMax: number }
  readonly output: Output
  /** The answer is a file that is written as it is read; `output` is then `TextFile`. */
  readonly file?: {
    readonly mediaType: string
    /** Null: named as the path ends. */
    readonly name: string | null
  }
  readonly status: 200 | 201 | 202 | 204
  readonly problems: readonly ProblemName[]
}

/** Declares an endpoint; keeps the literal types of its schemas. */
export function endpoint<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Output extends z.ZodType,
>(definition: Endpoint<Params, Query, Body, Output>): Endpoint<Params, Query, Body, Output> {
  return definition
}

/** Output of endpoints that answer with a file: its text, piece by piece. */
export const TextFile = z.custom<AsyncIterable<string>>(
  (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
)

/** Output of endpoints that answer with a file of bytes, piece by piece. */
export const BinaryFile = z.custom<AsyncIterable<Uint8Array>>(
  (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
)

export type ParamsOf<E extends Endpoint> = z.output<E['params']>
export type QueryOf<E extends Endpoint> = z.output<E['query']>
export type BodyOf<E extends Endpoint> = z.output<E['body']>
/** What a client sends: defaults may be left out. */
export type QueryIn<E extends Endpoint> = z.input<E['query']>
export type BodyIn<E extends Endpoint> = z.input<E['body']>
export type OutputOf<E extends Endpoint> = z.output<E['output']>
