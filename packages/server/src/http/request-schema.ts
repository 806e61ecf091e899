// What a request may hold, as JSON Schema for the description of the API: it refuses the fields that the
// server refuses, in every depth, and marks those that are passed over where something is changed.
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import * as z from 'zod'
import { isOpen, readableIn } from './unknown-fields.ts'

type Json = { readonly [name: string]: unknown }

/** Whether fields and query parameters that an endpoint does not know are refused. Agents may be newer. */
export function isStrict({ allow }: Pick<Endpoint, 'allow'>): boolean {
  return allow !== 'agent'
}

/** The schema of a part of an endpoint's requests (JSON Schema 2020-12). */
export function requestSchema(endpoint: Endpoint, part: 'params' | 'query' | 'body'): Json {
  const readable = [...(readableIn(endpoint, part) ?? [])]
  const { $schema: _, ...schema } = z.toJSONSchema(endpoint[part], {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (!isStrict(endpoint) || !(zodSchema instanceof z.ZodObject) || isOpen(zodSchema)) return
      jsonSchema.additionalProperties = false
      const passed = readable.filter((name) => !Object.hasOwn(zodSchema.shape, name)).sort()
      if (passed.length > 0) jsonSchema.patternProperties = { [patternOf(passed)]: { readOnly: true } }
    },
  })
  return schema
}

/** Matches these names and no others: fields of ours, of letters and digits alone. */
function patternOf(names: readonly string[]): string {
  return `^(?:${names.join('|')})$`
}
