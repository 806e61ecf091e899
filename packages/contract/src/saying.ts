// A sentence that the server wrote, as code and values (decision 0030): pages word it in the reader's
// language, and show the server's English text where they do not know the code.
import * as z from 'zod'

/** Code of the closed list in `sayings.ts`; a value may be such a sentence itself. */
export type Said = {
  readonly code: string
  readonly values?: { readonly [name: string]: string | number | Said } | undefined
}

const Value = z.union([z.string(), z.number(), z.looseObject({ code: z.string() })])

export const Said: z.ZodType<Said> = z
  .object({
    code: z.string().describe('Of a closed list; it never changes its meaning'),
    values: z
      .record(z.string(), Value)
      .optional()
      .describe('What the sentence names: texts, numbers, or sentences in turn'),
  })
  .describe('The sentence as code and values, for pages in other languages') as z.ZodType<Said>

/** The sentences of a check; one is left out where its text has no code. */
export const CheckSaid = z.object({
  title: Said.optional(),
  saw: Said.optional(),
  remedy: Said.optional(),
})
export type CheckSaid = z.infer<typeof CheckSaid>
