// A secret that is shown this once: a token, a link. Copied by a button, never stored by the console.
import { CopyButton } from './copy-button.tsx'
import { Block, Note } from './note.tsx'

type Props = {
  readonly title: string
  readonly value: string
  readonly copy: string
  readonly children: string
}

export function SecretNote({ title, value, copy, children }: Props) {
  return (
    <Note tone="ok" title={title} role="status">
      <p>{children}</p>
      <Block>{value}</Block>
      <CopyButton text value={value} label={copy} />
    </Note>
  )
}
