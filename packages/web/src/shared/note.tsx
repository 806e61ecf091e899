// Notes in place: what happened, what it means for mail, what to do; the original text in a fold.

import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleXFilled,
  IconHandStop,
  IconInfoCircle,
} from '@tabler/icons-react'
import { type ReactNode, type Ref, useEffect, useRef } from 'react'
import { ProblemError } from '#api/problem-error.ts'
import { useWords, useWordsSoon, type Words } from '#i18n/i18n.ts'
import { type Say, useSaid } from '#i18n/said.ts'
import { HostText } from './host-text.tsx'
import classes from './note.module.css'
import type { Tone } from './vocabulary.ts'

const icons = {
  ok: IconCircleCheckFilled,
  info: IconInfoCircle,
  warn: IconAlertTriangleFilled,
  bad: IconCircleXFilled,
  hold: IconHandStop,
  mute: IconInfoCircle,
} as const satisfies { readonly [T in Tone]: unknown }

type Props = {
  readonly tone: Tone
  readonly title: string
  readonly children?: ReactNode
  readonly code?: string
  readonly role?: 'status' | 'alert'
  readonly boxRef?: Ref<HTMLDivElement>
}

export function Note({ tone, title, children, code, role, boxRef }: Props) {
  const Icon = icons[tone]
  return (
    <div
      className={classes.note}
      data-tone={tone}
      role={role}
      ref={boxRef}
      tabIndex={boxRef ? -1 : undefined}
    >
      <Icon size={18} className={classes.icon} aria-hidden />
      <div className={classes.text}>
        <p className={classes.title}>{title}</p>
        {children && <div className={classes.body}>{children}</div>}
      </div>
      {code && <code className={classes.code}>{code}</code>}
    </div>
  )
}

/** A refused request, in place. With `focus` it takes the focus when it appears, as the summary of a form. */
export function ProblemNote({ error, focus }: { readonly error: unknown; readonly focus?: boolean }) {
  const words = useWords('shell')
  const problems = useWordsSoon('problems')
  const say = useSaid()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (focus && error) box.current?.focus()
  }, [focus, error])
  if (!error) return null
  const { title, body, code } = wordsOf(error, words, problems, say)
  return (
    <Note tone="bad" title={title} role="alert" code={code} boxRef={box}>
      {body}
    </Note>
  )
}

/** The problem by its name in the reader's language; what exactly happened too, where it has a code. */
function wordsOf(
  error: unknown,
  words: Words,
  problems: Words,
  say: Say,
): { title: string; body: ReactNode; code: string } {
  if (!(error instanceof ProblemError)) {
    return {
      title: words('fault.failed', 'This page failed, mail did not'),
      body: words('fault.reload', 'Reload it. The gateway is not affected.'),
      code: 'page',
    }
  }
  const wait = error.retryAfter === null ? null : <p>{words('freeAgain', { seconds: error.retryAfter })}</p>
  const list = error.errors.length > 0 && (
    <ul className={classes.list}>
      {error.errors.map(({ path, message, said }) => (
        <li key={`${path} ${message}`}>{say(said, message)}</li>
      ))}
    </ul>
  )
  const detail = error.detail === error.title ? null : <p>{say(error.said, error.detail)}</p>
  return {
    title: problems(`title.${error.problem}`, { defaultValue: error.title }),
    body: (
      <>
        {detail}
        {list}
        {wait}
      </>
    ),
    code: error.requestId || error.problem,
  }
}

/** The words of another server, folded away until wanted. */
export function Original({ label, children }: { label?: string; children: string }) {
  const words = useWords('shell')
  return (
    <details className={classes.fold}>
      <summary>{label ?? words('original', 'Original answer')}</summary>
      <pre className={classes.pre}>{children}</pre>
    </details>
  )
}

/** Something for those who want to know: closed at first. */
export function Fold({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <details className={classes.fold}>
      <summary>{title}</summary>
      {children}
    </details>
  )
}

/** A block of machine text: a reply, a record, a command. */
export function Block({ children }: { readonly children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling block must be reachable by keyboard
    <pre className={classes.pre} tabIndex={0}>
      <HostText plain>{children}</HostText>
    </pre>
  )
}
