// What came of an action on held mail, with everything that was left as it is.
import { useWords } from '#i18n/i18n.ts'
import { Note } from '#shared/note.tsx'
import { type Acted, type HeldAction, resultTitle } from './held-words.ts'

const LEFT_SHOWN_MAX = 5

export function ResultNote({ result }: { readonly result: Acted & { readonly action: HeldAction } }) {
  const t = useWords('held')
  const { left, entries } = result
  const isBad = left.length > 0
  return (
    <Note tone={isBad ? 'warn' : 'ok'} title={resultTitle(t, result.action, result)} role="status">
      {entries > 0 && <p>{t('resultNote.theNextOneOfTheSameSender')}</p>}
      {isBad && (
        <ul>
          {left.slice(0, LEFT_SHOWN_MAX).map(({ id, why }) => (
            <li key={`${id} ${why}`}>{why}</li>
          ))}
          {left.length > LEFT_SHOWN_MAX && (
            <li>{t('resultNote.andMore', { length: left.length - LEFT_SHOWN_MAX })}</li>
          )}
        </ul>
      )}
    </Note>
  )
}
