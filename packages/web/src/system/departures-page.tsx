// Organisations that asked to leave, waiting for the operator's word, and receipts of those that are gone.

import { agreeToDeparture, type Departure, listDepartures, type Receipt } from '@gatepost/contract/leaving.ts'
import { Button } from '@mantine/core'
import { IconDoorExit, IconReceipt } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { saveFile } from '#shared/clipboard.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { date } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'

type Leaving = NonNullable<Departure['request']> & {
  readonly tenant: string
  readonly slug: string
  readonly name: string
}

export function DeparturesPage() {
  const t = useWords('system')
  const { data, error } = useEndpoint(listDepartures, {}, { refetchInterval: 15_000 })
  return (
    <Page title={t('departures.leaving')} lead={t('departures.anOrganisationIsErasedWhen')}>
      {error && !data && <ProblemNote error={error} />}
      <Panel title={t('departures.onTheirWayOut')} flush>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title={t('departures.nobodyLeaves')} icon={IconDoorExit}>
            <p>{t('departures.anOrganisationThatAsksToBe')}</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <PanelBody>
            <div className={stack.stack}>
              {data.items.map((item) => (
                <LeavingRow key={item.tenant} leaving={item} />
              ))}
            </div>
          </PanelBody>
        )}
      </Panel>
      <Panel title={t('departures.receipts')} side={t('departures.signedTheyStayWhenThe')} flush>
        {data && data.receipts.length === 0 && (
          <EmptyState title={t('departures.noReceiptYet')} icon={IconReceipt}>
            <p>{t('departures.eachErasedOrganisation')}</p>
          </EmptyState>
        )}
        {data && data.receipts.length > 0 && (
          <PanelBody>
            <ul className="plain">
              {data.receipts.map((receipt) => (
                <li key={receipt.id}>
                  <ReceiptRow receipt={receipt} />
                </li>
              ))}
            </ul>
          </PanelBody>
        )}
      </Panel>
    </Page>
  )
}

function LeavingRow({ leaving }: { readonly leaving: Leaving }) {
  const t = useWords('system')
  const may = useMay('system:write')
  const confirm = useConfirm()
  const agree = useAction(agreeToDeparture, { readAgain: [listDepartures] })
  const say = async () => {
    const agreed = await confirm({
      title: t('departures.allOfIsErasedOn', { name: leaving.name, eraseAt: date(leaving.eraseAt) }),
      body: t('departures.untilThenItCanTakeIts'),
      act: t('departures.agree'),
    })
    if (agreed) agree.mutate({ params: { departure: leaving.tenant } })
  }
  return (
    <Note tone="warn" title={t('departures.on', { name: leaving.name, eraseAt: date(leaving.eraseAt) })}>
      <p>
        {rich(t, 'departures.askedOn', {
          askedBy: leaving.askedBy,
          askedAt: date(leaving.askedAt),
          value:
            leaving.agreedAt === null
              ? t('departures.nobodyAgreedYet')
              : t('departures.agreedOn', { agreedBy: leaving.agreedBy, agreedAt: date(leaving.agreedAt) }),
          link: (
            <Link to="/t/$slug/dashboard" params={{ slug: leaving.slug }}>
              {t('departures.openTheOrganisation')}
            </Link>
          ),
        })}
      </p>
      {leaving.fault !== null && <p>{t('departures.stoppedWhenItWasDue', { fault: leaving.fault })}</p>}
      {agree.error && <ProblemNote error={agree.error} />}
      {may && leaving.agreedAt === null && (
        <Button variant="default" mt={8} loading={agree.isPending} onClick={say}>
          {t('departures.agreeThatIsErased', { name: leaving.name })}
        </Button>
      )}
    </Note>
  )
}

function ReceiptRow({ receipt }: { readonly receipt: Receipt }) {
  const t = useWords('system')
  const save = () =>
    saveFile(`receipt-${receipt.id}.json`, JSON.stringify(receipt, null, 1), 'application/json')
  return (
    <div className={stack.row}>
      <span className="strong">{receipt.name}</span>
      <span className="tx2">{t('departures.erasedOn', { erasedAt: date(receipt.erasedAt) })}</span>
      <Button size="compact-sm" variant="default" onClick={save}>
        {t('departures.downloadReceiptOf', { name: receipt.name })}
      </Button>
    </div>
  )
}
