// Beside the form: which policies come before this one, which behind, and what it can never skip.
import type { PolicyConflict, PolicyPreview, PolicyType } from '@gatepost/contract/policy.ts'
import { IconArrowBarDown, IconArrowBarUp, IconBan } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import classes from './policies.module.css'
import { typeWord } from './type-words.ts'

type Props = { readonly type: PolicyType; readonly preview: PolicyPreview | undefined }

const parts = [
  { title: 'beats', icon: IconBan, relations: ['beats'] },
  { title: 'comesBefore', icon: IconArrowBarUp, relations: ['shadowed-by', 'overlaps'] },
  { title: 'thisBefore', icon: IconArrowBarDown, relations: ['shadows', 'narrows'] },
] as const

export function PrecedencePanel({ type, preview }: Props) {
  const words = useWords('policies')
  const { never } = typeWord(type, words)
  const conflicts = preview?.conflicts ?? []
  return (
    <div className={stack.stack}>
      {preview?.warnings.map((warning) => (
        <Note key={warning} tone="warn" title={words('precedence.before')}>
          <p>{warning}</p>
        </Note>
      ))}
      <Panel title={words('precedence.title')}>
        <div aria-live="polite" className={classes.precedence}>
          {!preview && <p className="tx2">{words('precedence.looking')}</p>}
          {preview && conflicts.length === 0 && <p className="tx2">{words('precedence.alone')}</p>}
          {parts.map(({ title, icon: Icon, relations }) => {
            const found = conflicts.filter(({ relation }) =>
              (relations as readonly string[]).includes(relation),
            )
            return (
              found.length > 0 && (
                <section key={title} className={classes.part}>
                  <h3>
                    <Icon size={16} aria-hidden /> {words(`precedence.${title}`)}
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
          {preview?.moreConflicts && <p className="small tx3">{words('precedence.more')}</p>}
        </div>
      </Panel>
      {never && (
        <Panel title={words('precedence.never')}>
          <p className="tx2">{never}</p>
        </Panel>
      )}
    </div>
  )
}

function Conflict({ conflict }: { readonly conflict: PolicyConflict }) {
  const words = useWords('policies')
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
        {!enabled && words('precedence.disabledNow')}
      </span>
    </li>
  )
}
