// The checks that decide a step's state: never ticked off by hand, run again by themselves or on request.
import type { Check } from '@gatepost/contract/common.ts'
import { type ConnectStep, checkStep, getConnect } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import { listRoutes, type Route } from '@gatepost/contract/route.ts'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { CheckButton } from '#shared/check-button.tsx'
import { CheckList } from '#shared/check-list.tsx'
import { Panel } from '#shared/panel.tsx'
import { CheckedLine } from '#shared/time.tsx'

export function StepChecks({ step }: { readonly step: ConnectStep }) {
  const hasRoutePanels = step.name === 'prepare-inbound' && step.state !== 'locked'
  return hasRoutePanels ? <InboundChecks step={step} /> : <Checks step={step} checks={step.checks} />
}

/** The panel of each route lists its tests above; here stands what else decides. */
function InboundChecks({ step }: { readonly step: ConnectStep }) {
  const { data } = useEndpoint(listRoutes, { params: { tenant: useSlug() } })
  return <Checks step={step} checks={withoutTests(step.checks, data?.items ?? [])} />
}

/** Checks that are not tests of a route. With several routes, the name of a check begins with its route. */
export function withoutTests(checks: readonly Check[], routes: readonly Route[]): readonly Check[] {
  const names = routes.flatMap(({ id, lastTest }) =>
    (lastTest?.checks ?? []).flatMap(({ name }) => [name, `${id} ${name}`]),
  )
  const tested = new Set(names)
  return checks.filter(({ name }) => !tested.has(name))
}

type Props = { readonly step: ConnectStep; readonly checks: readonly Check[] }

function Checks({ step, checks }: Props) {
  const tenant = useSlug()
  const words = useWords('connect')
  const title = words(`steps.${step.name}`, step.title)
  const may = useMay('connect:write')
  const check = useAction(checkStep, { readAgain: [getConnect, listDomains] })
  if (step.checks.length === 0) return null
  // What is read from settings is true as it stands, and has no time of its own.
  const isTimed = step.checkedAt !== null || step.nextCheckAt !== null
  return (
    <Panel
      title={words('checks.title')}
      side={isTimed && <CheckedLine checkedAt={step.checkedAt} nextCheckAt={step.nextCheckAt} />}
      actions={
        may && (
          <CheckButton
            label={words('checks.again')}
            of={title}
            busy={check.isPending}
            error={check.error}
            onCheck={() => check.mutate({ params: { tenant, step: step.name } })}
          />
        )
      }
      flush
    >
      <CheckList checks={checks} label={words('checks.of', { title })} />
    </Panel>
  )
}
