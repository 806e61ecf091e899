// Beside the form: which policies come before this one, which behind, and what it can never skip.
import type { PolicyConflict, PolicyPreview, PolicyType } from '@gatepost/contract/policy.ts'
import { IconArrowBarDown, IconArrowBarUp, IconBan } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { Note } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import classes from './policies.module.css'
import { typeWords } from './type-words.ts'

type Props = { readonly type: PolicyType; readonly preview: PolicyPreview | undefined }

const parts = [
  { title: 'Decides first whatever the order', icon: IconBan, relations: ['beats'] },
  { title: 'Comes before this one', icon: IconArrowBarUp, relations: ['shadowed-by', 'overlaps'] },
  { title: 'This one comes before', icon: IconArrowBarDown, relations: ['shadows', 'narrows'] },
] as const

export function PrecedencePanel({ type, preview }: Props) {
  const { never } = typeWords[type]
  const conflicts = preview?.conflicts ?? []
  return (
    <div className={stack.stack}>
      {preview?.warnings.map((warning) => (
        <Note key={warning} tone="warn" title="Before you save">
          <p>{warning}</p>
        </Note>
      ))}
      <Panel title="Precedence">
        <div aria-live="polite" className={classes.precedence}>
          {!preview && <p className="tx2">Looking at the other policies …</p>}
          {preview && conflicts.length === 0 && (
            <p className="tx2">It meets no other policy: for its mail it decides alone.</p>
          )}
          {parts.map(({ title, icon: Icon, relations }) => {
            const found = conflicts.filter(({ relation }) =>
              (relations as readonly string[]).includes(relation),
            )
            return (
              found.length > 0 && (
                <section key={title} className={classes.part}>
                  <h3>
                    <Icon size={16} aria-hidden /> {title}
                  </h3>
                  <ul>
                    {found.map((conflict) => (
                      <Conflict key={conflict.id} conflict={conflict} />
                    ))}
                  </ul>
                </section>
              )
            )
          })}
          {preview?.moreConflicts && <p className="small tx3">There are more than are listed here.</p>}
        </div>
      </Panel>
      {never && (
        <Panel title="Never skipped">
          <p className="tx2">{never}</p>
        </Panel>
      )}
    </div>
  )
}

function Conflict({ conflict }: { readonly conflict: PolicyConflict }) {
  const slug = useSlug()
  const { id, name, text, enabled } = conflict
  const link = (
    <Link to="/t/$slug/policies/$policy" params={{ slug, policy: id }}>
      {name}
    </Link>
  )
  // Most sentences name the other policy themselves; the name stands once.
  const quoted = `“${name}”`
  const at = text.indexOf(quoted)
  return (
    <li>
      {at < 0 && <>{link} </>}
      <span className="tx2">
        {at >= 0 && (
          <>
            {text.slice(0, at)}“{link}”
          </>
        )}
        {at < 0 ? text : text.slice(at + quoted.length)}
        {!enabled && ' It is disabled now.'}
      </span>
    </li>
  )
}
