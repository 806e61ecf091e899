// Sentences of instructions in the reader's language.
import { useWords } from '#i18n/i18n.ts'
import { plain, type Told } from './part.ts'

/** Says a sentence; English where no catalogue has it. */
export function useTold(): (sentence: Told) => string {
  const words = useWords('instructions')
  return (sentence) => {
    if (typeof sentence === 'string') return sentence
    return words(sentence.code, { ...sentence.values, defaultValue: plain(sentence) })
  }
}
