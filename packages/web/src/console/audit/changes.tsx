// What was before and after, field by field; what is the same is left out.
import { useWords } from '#i18n/i18n.ts'
import { Block } from '#shared/note.tsx'
import classes from './audit.module.css'

type Fields = { readonly [field: string]: unknown }

export function Changes({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  const t = useWords('audit')
  if (!isFields(before) && !isFields(after)) {
    return (
      <div className={classes.sides}>
        <Side name={t('before')} value={before} />
        <Side name={t('after')} value={after} />
      </div>
    )
  }
  const was = isFields(before) ? before : {}
  const is = isFields(after) ? after : {}
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => textOf(was[name]) !== textOf(is[name]),
  )
  if (names.length === 0) return <p className="small tx2">{t('same')}</p>
  return (
    <table className={classes.fields}>
      <thead>
        <tr>
          <th scope="col">{t('field')}</th>
          <th scope="col">{t('before')}</th>
          <th scope="col">{t('after')}</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className={classes.was}>{textOf(was[name]) ?? t('nothing')}</td>
            <td className={classes.is}>{textOf(is[name]) ?? t('nothing')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Side({ name, value }: { readonly name: string; readonly value: unknown }) {
  const t = useWords('audit')
  return (
    <div>
      <span className="small tx3">{name}</span>
      <Block>{value === null ? t('nothing') : JSON.stringify(value, null, 2)}</Block>
    </div>
  )
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}
