// One part of an instruction: a sentence, or a block to copy.
import { useWords } from '#i18n/i18n.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Block } from '#shared/note.tsx'
import classes from './instructions.module.css'
import type { Part } from './part.ts'

export function PartView({ part }: { readonly part: Part }) {
  const words = useWords('connect')
  if (part.kind === 'text') return <p>{part.text}</p>
  return (
    <div className={classes.code}>
      <Block>{part.code}</Block>
      <CopyButton value={part.code} label={words('copyOf', { name: part.name })} />
    </div>
  )
}

export function keyOf(part: Part): string {
  return part.kind === 'text' ? part.text : part.name
}
