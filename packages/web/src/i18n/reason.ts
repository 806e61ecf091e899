// What policies saw, in the reader's language: rows of mail carry the English sentence of a closed list, and
// it names its key in the catalogue `reasons`. The words of a remote reply or of a person stay as they are.
import { useCallback } from 'react'
import { englishOf, useWordsSoon } from './i18n.ts'

/** Gives the sentence in the reader's language; what is none of the list comes back unchanged. */
export function useReason(): (sentence: string) => string {
  const words = useWordsSoon('reasons')
  return useCallback(
    (sentence) => {
      const key = keys().get(sentence)
      return key === undefined ? sentence : words(key, sentence)
    },
    [words],
  )
}

let known: ReadonlyMap<string, string> | null = null

/** Keys by their English sentence, once those are loaded. */
function keys(): ReadonlyMap<string, string> {
  if (known !== null) return known
  const pairs = Object.entries(englishOf('reasons')).map(([key, sentence]) => [sentence, key] as const)
  const found = new Map(pairs)
  if (found.size > 0) known = found
  return found
}
