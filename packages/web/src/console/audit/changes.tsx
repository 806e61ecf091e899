// What was before and after, field by field; what is the same is left out.
import { Block } from '#shared/note.tsx'
import classes from './audit.module.css'

type Fields = { readonly [field: string]: unknown }

export function Changes({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  if (!isFields(before) && !isFields(after)) {
    return (
      <div className={classes.sides}>
        <Side name="Before" value={before} />
        <Side name="After" value={after} />
      </div>
    )
  }
  const was = isFields(before) ? before : {}
  const is = isFields(after) ? after : {}
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => textOf(was[name]) !== textOf(is[name]),
  )
  if (names.length === 0) return <p className="small tx2">Nothing differs.</p>
  return (
    <table className={classes.fields}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className={classes.was}>{textOf(was[name])}</td>
            <td className={classes.is}>{textOf(is[name])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Side({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <div>
      <span className="small tx3">{name}</span>
      <Block>{value === null ? 'nothing' : JSON.stringify(value, null, 2)}</Block>
    </div>
  )
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
