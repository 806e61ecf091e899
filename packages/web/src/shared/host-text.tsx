// Machine names in mono type that may break after dots and at-signs, never elsewhere.
import { Fragment } from 'react'

export function HostText({ children, plain }: { readonly children: string; readonly plain?: boolean }) {
  const parts = children.split(/(?<=[.@_])/)
  return (
    <span className={plain ? undefined : 'mono'}>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  )
}
