// One part of an instruction: a sentence, or a block to copy.
import { useWords } from '#i18n/i18n.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Block } from '#shared/note.tsx'
import classes from './instructions.module.css'
import { type Part, plain } from './part.ts'
import { useTold } from './use-told.ts'

export function PartView({ part }: { readonly part: Part }) {
  const words = useWords('connect')
  const tell = useTold()
  if (part.kind === 'text') return <p>{tell(part.text)}</p>
  return (
    <div className={classes.code}>
      <Block>{part.code}</Block>
      <CopyButton value={part.code} label={words('copyOf', { name: tell(part.name) })} />
    </div>
  )
}

export function keyOf(part: Part): string {
  return plain(part.kind === 'text' ? part.text : part.name)
}
