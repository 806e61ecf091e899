// Optional steps can be skipped, and the skipping taken back.

import { type ConnectStep, getConnect, skipStep } from '@gatepost/contract/connect.ts'
import { Button } from '@mantine/core'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'

export function SkipLine({ step }: { readonly step: ConnectStep }) {
  const tenant = useSlug()
  const may = useMay('connect:write')
  const words = useWords('connect')
  const undo = useAction(skipStep, { readAgain: [getConnect] })
  const skip = useAction(skipStep, {
    readAgain: [getConnect],
    said: (_, { params, body }) => ({
      text: words(body.skipped ? 'skip.skipped' : 'skip.counts', {
        title: words(`steps.${step.name}`, step.title),
      }),
      undo: () => undo.mutate({ params, body: { skipped: !body.skipped } }),
    }),
  })
  const skipped = step.state === 'skipped'
  if (!may || (!step.skippable && !skipped) || step.state === 'done') return null
  return (
    <div className={stack.tight}>
      <div className={stack.row}>
        <Button
          variant="default"
          loading={skip.isPending}
          onClick={() => skip.mutate({ params: { tenant, step: step.name }, body: { skipped: !skipped } })}
        >
          {words(skipped ? 'skip.back' : 'skip.act')}
        </Button>
        <span className="small tx3">{words(skipped ? 'skip.notCounted' : 'skip.canBack')}</span>
      </div>
      {skip.error && <ProblemNote error={skip.error} />}
    </div>
  )
}
