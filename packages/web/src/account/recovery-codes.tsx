// New recovery codes, shown this once: to copy, to save, and to be said that they are kept.

import { Button } from '@mantine/core'
import { useWords } from '#i18n/i18n.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Note } from '#shared/note.tsx'
import classes from './account.module.css'

type Props = { readonly codes: readonly string[]; readonly onKept: () => void; readonly act?: string }

export function RecoveryCodes({ codes, onKept, act }: Props) {
  const words = useWords('account')
  const text = `${codes.join('\n')}\n`
  return (
    <div className={classes.stack}>
      <Note tone="warn" title={words('keepCodes')} role="status">
        <p>{words('keepCodesMeans')}</p>
      </Note>
      <ul className={classes.codes} aria-label={words('codes')} translate="no">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={classes.actions}>
        <Button onClick={onKept}>{act ?? words('kept')}</Button>
        <CopyButton value={text} label={words('copyCodes')} text />
        <Button
          variant="default"
          component="a"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download="gatepost-recovery-codes.txt"
        >
          {words('saveFile')}
        </Button>
      </div>
    </div>
  )
}
