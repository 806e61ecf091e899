// What came of an action on held mail, with everything that was left as it is.
import { Note } from '#shared/note.tsx'
import { type Acted, type HeldAction, resultTitle } from './held-words.ts'

const LEFT_SHOWN_MAX = 5

export function ResultNote({ result }: { readonly result: Acted & { readonly action: HeldAction } }) {
  const { left, entries } = result
  const isBad = left.length > 0
  return (
    <Note tone={isBad ? 'warn' : 'ok'} title={resultTitle(result.action, result)} role="status">
      {entries > 0 && <p>The next one of the same sender is judged by the new entry.</p>}
      {isBad && (
        <ul>
          {left.slice(0, LEFT_SHOWN_MAX).map(({ id, why }) => (
            <li key={`${id} ${why}`}>{why}</li>
          ))}
          {left.length > LEFT_SHOWN_MAX && <li>and {left.length - LEFT_SHOWN_MAX} more</li>}
        </ul>
      )}
    </Note>
  )
}
