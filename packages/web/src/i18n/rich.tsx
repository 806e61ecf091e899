// Sentences with elements inside, such as a time or a name in bold: each language puts them where it wants.
import { Fragment, type ReactNode } from 'react'
import type { Words } from './i18n.ts'

/** Never written by people, so that it parts a sentence without fail. */
const MARK = '\u0001'

/** The text of a key with elements in place of its placeholders; a number stays one, for its plural. */
export function rich(words: Words, key: string, parts: Readonly<Record<string, ReactNode>>): ReactNode {
  const marked = Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [
      name,
      typeof part === 'number' ? part : `${MARK}${name}${MARK}`,
    ]),
  )
  const pieces = words(key, marked).split(MARK)
  return pieces.map((piece, index) => (
    <Fragment key={index}>{index % 2 === 0 ? piece : parts[piece]}</Fragment>
  ))
}
