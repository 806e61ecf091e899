// Where a policy is saved: beside its form and always in sight, with the reason that its history keeps.
import type { Policy, PolicyDraft } from '@gatepost/contract/policy.ts'
import { Button, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

type Props = {
  readonly draft: PolicyDraft
  /** Null while it is new. */
  readonly stored: Policy | null
  readonly isWritten: boolean
  readonly isPending: boolean
  readonly error: Error | null
  readonly reason: string
  readonly onReason: (reason: string) => void
}

export function SavePanel({ draft, stored, isWritten, isPending, error, reason, onReason }: Props) {
  const slug = useSlug()
  const words = useWords('policies')
  return (
    <Panel
      title={words(stored ? 'save.save' : 'save.add')}
      side={stored && isWritten ? words('save.notYet') : undefined}
    >
      <div className={stack.stack}>
        <TextInput
          label={words('save.reason')}
          description={words('save.reasonText')}
          value={reason}
          onChange={(event) => onReason(event.currentTarget.value)}
        />
        {error && <ProblemNote error={error} focus />}
        <div className={stack.row}>
          <Button type="submit" loading={isPending} disabled={stored !== null && !isWritten}>
            {words(stored ? 'save.apply' : 'save.addPolicy')}
          </Button>
          <Link className="small" to="/t/$slug/ask" params={{ slug }} search={{ draft, draftId: stored?.id }}>
            {words('save.ask')}
          </Link>
        </div>
      </div>
    </Panel>
  )
}
