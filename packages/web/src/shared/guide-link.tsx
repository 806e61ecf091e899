// Leads from a page to its guide. The guide opens inside the console, in the organisation one is in.
import { IconHelp } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useWords } from '#i18n/i18n.ts'
import classes from './guide-link.module.css'

/** A guide's name: `senders` is docs/guides/senders.md, `concepts/tls` is docs/concepts/tls.md. */
type Props = {
  readonly guide: string
  readonly hash?: string | undefined
  readonly className?: string | undefined
  readonly label?: string
  readonly children: ReactNode
}

/** A link in a text, such as “How rotation works”. */
export function GuideLink({ guide, hash, className, label, children }: Props) {
  const { slug } = useParams({ strict: false })
  const rest = {
    ...(hash ? { hash } : {}),
    ...(className === undefined ? {} : { className }),
    ...(label === undefined ? {} : { 'aria-label': label }),
  }
  return slug ? (
    <Link to="/t/$slug/guides/$" params={{ slug, _splat: guide }} {...rest}>
      {children}
    </Link>
  ) : (
    <Link to="/guides/$" params={{ _splat: guide }} {...rest}>
      {children}
    </Link>
  )
}

/** The question mark of the top bar. */
export function GuideButton({ guide }: { readonly guide: string }) {
  const words = useWords('shell')
  return (
    <span title={words('guide')}>
      <GuideLink guide={guide} className={classes.button} label={words('guide')}>
        <IconHelp size={18} stroke={1.7} aria-hidden />
      </GuideLink>
    </span>
  )
}
