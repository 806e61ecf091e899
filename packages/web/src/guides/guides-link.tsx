// The way to the list of guides, in the organisation one is in.
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'

export function GuidesLink({ children }: { readonly children: ReactNode }) {
  const { slug } = useParams({ strict: false })
  return slug ? (
    <Link to="/t/$slug/guides" params={{ slug }}>
      {children}
    </Link>
  ) : (
    <Link to="/guides">{children}</Link>
  )
}
