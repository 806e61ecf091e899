// A panel: one line around, a header with heading, side text and actions. Never nested beyond one level.
import { type ReactNode, useId } from 'react'
import classes from './panel.module.css'

type Props = {
  readonly title: string
  /** Second text beside the heading. */
  readonly side?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** Rows reach the edges; otherwise the content has 16 px of padding. */
  readonly flush?: boolean
  /** Drawn with the accent's edge: the thing to do next, the smallest change. */
  readonly accent?: boolean
}

export function Panel({ title, side, actions, children, flush, accent }: Props) {
  const id = useId()
  return (
    <section className={classes.panel} aria-labelledby={id} data-accent={accent || undefined}>
      <header className={classes.head}>
        <div className={classes.words}>
          <h2 id={id}>{title}</h2>
          {side && <span className={classes.side}>{side}</span>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      <div className={flush ? undefined : classes.body}>{children}</div>
    </section>
  )
}

/** Content with padding between flush rows of a panel. */
export function PanelBody({ children }: { readonly children: ReactNode }) {
  return <div className={classes.body}>{children}</div>
}

/** Footer line of a panel, with a hairline above. */
export function PanelFoot({ children }: { readonly children: ReactNode }) {
  return <footer className={classes.foot}>{children}</footer>
}
