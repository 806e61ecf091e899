// The one component that draws states: always icon and word, a pill only beside the page's heading.
import { useEffect, useRef } from 'react'
import { useWords } from '#i18n/i18n.ts'
import classes from './status-word.module.css'
import { type Family, type StateOf, type Tone, wordOf } from './vocabulary.ts'

type Props<F extends Family> = {
  readonly of: F
  readonly state: StateOf<F>
  /** Tinted pill; only beside h1. */
  readonly pill?: boolean
  /** Another word with the same icon, such as "Validated by its parent". */
  readonly word?: string
}

export function StatusWord<F extends Family>({ of, state, pill, word }: Props<F>) {
  const { tone } = wordOf(of, state)
  return (
    <span className={classes.status} data-tone={tone} data-pill={pill || undefined} data-state={state}>
      <StatusIcon of={of} state={state} size={pill ? 14 : 16} />
      <span>{word ?? <StateName of={of} state={state} />}</span>
    </span>
  )
}

/** Only the word, in the reader’s language. */
export function StateName<F extends Family>({ of, state }: { readonly of: F; readonly state: StateOf<F> }) {
  return useWords('shell')(`states.${of}.${state}`, wordOf(of, state).word)
}

/** Only the icon, where the word stands elsewhere in the same row. */
export function StatusIcon<F extends Family>({
  of,
  state,
  size = 16,
}: {
  readonly of: F
  readonly state: StateOf<F>
  readonly size?: number
}) {
  const { icon: Icon, tone } = wordOf(of, state)
  // The check is drawn once when a step turns green, not whenever the page opens.
  const box = useRef<SVGSVGElement>(null)
  const before = useRef<string>(state)
  useEffect(() => {
    const turned = state === 'done' && before.current !== 'done'
    before.current = state
    if (turned && !matchMedia('(prefers-reduced-motion: reduce)').matches) {
      box.current?.animate([{ opacity: 0, transform: 'scale(0.6)' }, {}], {
        duration: 300,
        easing: 'ease-out',
      })
    }
  }, [state])
  return (
    <Icon
      ref={box}
      size={size}
      stroke={1.8}
      aria-hidden
      className={classes.icon}
      data-tone={tone}
      data-running={state === 'running' || undefined}
    />
  )
}

/** A word in the colour of a tone, without an icon: only where the icon stands in the same row. */
export function ToneText({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className={classes.word} data-tone={tone}>
      {children}
    </span>
  )
}
