// The closed list of sentences that the server says to administrators (decision 0030), and how one becomes
// English. Pages import nothing of this: they have the words of each code in their catalogues (`said`).

import type { Said } from './saying.ts'
import { acceptanceSayings, probeTexts } from './sayings-acceptance.ts'
import { alertSayings } from './sayings-alert.ts'
import { claimSayings } from './sayings-claim.ts'
import { connectSayings } from './sayings-connect.ts'
import { hostSayings } from './sayings-host.ts'
import { problemSayings } from './sayings-problem.ts'
import { readinessSayings } from './sayings-readiness.ts'
import { titleSayings } from './sayings-titles.ts'
import { stepTexts } from './step-texts.ts'

const written = {
  ...connectSayings,
  ...alertSayings,
  ...acceptanceSayings,
  ...claimSayings,
  ...hostSayings,
  ...problemSayings,
  ...readinessSayings,
  ...titleSayings,
} as const

/** English of every code. Plural forms end in `_one` and `_other`, chosen by the value `count`. */
export const sayings: ReadonlyMap<string, string> = new Map<string, string>([
  ...Object.entries(written),
  ...listed('steps', stepTexts),
  ...listed('probes', probeTexts),
])

type Written = typeof written
type Base<Key> = Key extends `${infer Code}_one` | `${infer Code}_other` ? Code : Key
/** A code of the closed list; plural forms are one code. */
export type SayingCode = Base<keyof Written>

type Forms<Code extends string> = Written[Extract<keyof Written, Code | `${Code}_one` | `${Code}_other`>]
type Names<Text> = Text extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Names<Rest> : never
/** A plural is chosen by `count`, also where no form says the number. */
type Asked<Code extends string> = Names<Forms<Code>> | (`${Code}_one` extends keyof Written ? 'count' : never)
type Values<Code extends string> = {
  readonly [Name in Asked<Code>]: Name extends 'count' ? number : string | number | Said
}
/** Texts that are put together from several lines have no literal type: their values are not checked. */
type ValuesAsked<Code extends string> =
  string extends Forms<Code>
    ? [values?: NonNullable<Said['values']>]
    : [Asked<Code>] extends [never]
      ? []
      : [values: Values<Code>]

/** What is written: a sentence of the list, or text that nobody translates, such as the reply of a host. */
export type Text = string | Said

/** A sentence of the closed list with its values. */
export function say<Code extends SayingCode>(code: Code, ...[values]: ValuesAsked<Code>): Said {
  return values === undefined ? { code } : { code, values }
}

/** The title of a step, for sentences that name one. */
export function titleOfStep(name: keyof typeof stepTexts): Said {
  return { code: `steps.${name}.title` }
}

/** The sentence in English; numbers are grouped as in `1,234`. A code that is not listed gives itself. */
export function english(text: Text): string {
  if (typeof text === 'string') return text
  const { code, values = {} } = text
  const form = sayings.get(code) ?? sayings.get(`${code}_${values.count === 1 ? 'one' : 'other'}`) ?? code
  return form.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name] ?? ''
    return typeof value === 'number' ? value.toLocaleString('en-GB') : english(value)
  })
}

/** What goes beside the English: undefined for text that has no code. */
export function saidOf(text: Text | null | undefined): Said | undefined {
  return text === null || text === undefined || typeof text === 'string' ? undefined : text
}

/** Several texts in one sentence, parted by commas; the sentence of a single one is itself. */
export function listOf(texts: readonly Text[]): Text {
  const [first = '', ...rest] = texts
  if (texts.every((text) => typeof text === 'string')) return texts.join(', ')
  return rest.reduce<Text>((one, other) => say('part.pair', { one, other }), first)
}

/** Entries such as `steps.outbound.title` of texts that stand in groups. */
function listed(
  group: string,
  texts: { readonly [name: string]: { readonly [field: string]: string } },
): (readonly [string, string])[] {
  return Object.entries(texts).flatMap(([name, fields]) =>
    Object.entries(fields).map(([field, text]) => [`${group}.${name}.${field}`, text] as const),
  )
}
