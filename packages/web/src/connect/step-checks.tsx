// The checks that decide a step's state: never ticked off by hand, run again by themselves or on request.
import { type ConnectStep, checkStep, getConnect } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { CheckButton } from '#shared/check-button.tsx'
import { CheckList } from '#shared/check-list.tsx'
import { Panel } from '#shared/panel.tsx'
import { CheckedLine } from '#shared/time.tsx'

export function StepChecks({ step }: { readonly step: ConnectStep }) {
  const tenant = useSlug()
  const may = useMay('connect:write')
  const check = useAction(checkStep, { readAgain: [getConnect, listDomains] })
  if (step.checks.length === 0) return null
  return (
    <Panel
      title="What we check"
      side={<CheckedLine checkedAt={step.checkedAt} nextCheckAt={step.nextCheckAt} />}
      actions={
        may &&
        step.available && (
          <CheckButton
            label="Check again"
            of={step.title}
            busy={check.isPending}
            error={check.error}
            onCheck={() => check.mutate({ params: { tenant, step: step.name } })}
          />
        )
      }
      flush
    >
      <CheckList checks={step.checks} label={`Checks of ${step.title}`} />
    </Panel>
  )
}
