// New recovery codes, shown this once: to copy, to save, and to be said that they are kept.
import { Button } from '@mantine/core'
import { CopyButton } from '#shared/copy-button.tsx'
import { Note } from '#shared/note.tsx'
import classes from './account.module.css'

type Props = { readonly codes: readonly string[]; readonly onKept: () => void; readonly act?: string }

export function RecoveryCodes({ codes, onKept, act = 'I have kept them' }: Props) {
  const text = `${codes.join('\n')}\n`
  return (
    <div className={classes.stack}>
      <Note tone="warn" title="Keep these recovery codes now" role="status">
        <p>
          Each signs you in once when your second factor is lost. They are not shown again: print them, or put
          them into a password manager.
        </p>
      </Note>
      <ul className={classes.codes} aria-label="Recovery codes" translate="no">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={classes.actions}>
        <Button onClick={onKept}>{act}</Button>
        <CopyButton value={text} label="Copy codes" text />
        <Button
          variant="default"
          component="a"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download="gatepost-recovery-codes.txt"
        >
          Save as a file
        </Button>
      </div>
    </div>
  )
}
