// What happened: the result of an action with its counts, what failed, and edges that did not answer.
import type { SilentEdge } from '@gatepost/contract/queue.ts'
import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { resultWords, silentWords } from './act.ts'
import classes from './queue.module.css'
import type { Result } from './use-actions.ts'

type ResultProps = { readonly result: Result; readonly onClose: () => void }

export function ResultNote({ result, onClose }: ResultProps) {
  const box = useRef<HTMLDivElement>(null)
  // The selection bar, which had the focus, is gone.
  useEffect(() => box.current?.focus(), [result])
  const { tone, title, lines } = resultWords(result.action, result.totals)
  return (
    <Note tone={tone} title={title} role="status" boxRef={box}>
      <div className={classes.lines}>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <div className={classes.noteActions}>
        <Button variant="default" size="compact-sm" onClick={onClose}>
          Close
        </Button>
      </div>
    </Note>
  )
}

export function FailureNote({ error, doneBefore }: { readonly error: unknown; readonly doneBefore: number }) {
  if (!error) return null
  return (
    <>
      <ProblemNote error={error} focus />
      {doneBefore > 0 && (
        <Note tone="warn" title={`${plural(doneBefore, 'message was', 'messages were')} changed before that`}>
          The rest is as it was. The same again goes on with it.
        </Note>
      )}
    </>
  )
}

export function SilentEdges({ edges }: { readonly edges: readonly SilentEdge[] }) {
  if (edges.length === 0) return null
  const title = `${plural(edges.length, 'edge')} did not answer: this list is not whole`
  return (
    <Note tone="warn" title={title}>
      <ul className="plain">
        {edges.map((edge) => (
          <li key={`${edge.node}/${edge.slot}`}>{silentWords(edge)}</li>
        ))}
      </ul>
      <p>
        What is kept there is safe on disk. It is not listed, and nothing can be done about it before the
        answer.
      </p>
    </Note>
  )
}
