// What the server said, in the reader's language: by its code from the catalogue `said`, else in the server's
// own English (decision 0030).
import type { Said } from '@gatepost/contract/saying.ts'
import { useWordsSoon, type Words } from './i18n.ts'
import { locale } from './language.ts'

/** Gives the words of a sentence; `text` is the server's English, shown for a code that is not known here. */
export type Say = (said: Said | undefined, text: string) => string

/** Until the catalogue is there the server's English shows: nothing waits for it. */
export function useSaid(): Say {
  const words = useWordsSoon('said')
  return (said, text) => (said === undefined ? text : (wordsOf(said, words) ?? text))
}

/** The server's English alone, for what is drawn without words. */
export const inEnglish: Say = (_said, text) => text

/** Never written by people: what comes back where the catalogue has no such code. */
const UNKNOWN = '\u0001'

/** Null where the code, or one inside of it, is not known. */
export function wordsOf({ code, values = {} }: Said, words: Words): string | null {
  const named: [string, string][] = []
  for (const [name, value] of Object.entries(values)) {
    const text = typeof value === 'object' ? wordsOf(value, words) : textOf(value)
    if (text === null) return null
    named.push([name, text])
  }
  const { count } = values
  const plural = typeof count === 'number' ? { count } : {}
  // What a value says may look like a placeholder: it is none.
  const options = { ...plural, replace: Object.fromEntries(named), nest: false, defaultValue: UNKNOWN }
  const text = words(code, options)
  return text === UNKNOWN ? null : text
}

function textOf(value: string | number): string {
  return typeof value === 'number' ? new Intl.NumberFormat(locale()).format(value) : value
}
