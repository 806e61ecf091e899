// What happened: the result of an action with its counts, what failed, and edges that did not answer.
import type { SilentEdge } from '@gatepost/contract/queue.ts'
import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { resultWords, silentWords } from './act.ts'
import classes from './queue.module.css'
import type { Result } from './use-actions.ts'

type ResultProps = { readonly result: Result; readonly onClose: () => void }

export function ResultNote({ result, onClose }: ResultProps) {
  const words = useWords('queue')
  const box = useRef<HTMLDivElement>(null)
  // The selection bar, which had the focus, is gone.
  useEffect(() => box.current?.focus(), [result])
  const { tone, title, lines } = resultWords(result.action, result.totals, words)
  return (
    <Note tone={tone} title={title} role="status" boxRef={box}>
      <div className={classes.lines}>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <div className={classes.noteActions}>
        <Button variant="default" size="compact-sm" onClick={onClose}>
          {words('close')}
        </Button>
      </div>
    </Note>
  )
}

export function FailureNote({ error, doneBefore }: { readonly error: unknown; readonly doneBefore: number }) {
  const words = useWords('queue')
  if (!error) return null
  return (
    <>
      <ProblemNote error={error} focus />
      {doneBefore > 0 && (
        <Note tone="warn" title={words('done.before', { count: doneBefore, number: count(doneBefore) })}>
          {words('done.beforeText')}
        </Note>
      )}
    </>
  )
}

export function SilentEdges({ edges }: { readonly edges: readonly SilentEdge[] }) {
  const words = useWords('queue')
  if (edges.length === 0) return null
  const title = words('edge.notWhole', { count: edges.length, number: count(edges.length) })
  return (
    <Note tone="warn" title={title}>
      <ul className="plain">
        {edges.map((edge) => (
          <li key={`${edge.node}/${edge.slot}`}>{silentWords(edge, words)}</li>
        ))}
      </ul>
      <p>{words('edge.safe')}</p>
    </Note>
  )
}
