// Organisations that asked to leave, waiting for the operator's word, and receipts of those that are gone.
import { agreeToDeparture, type Departure, listDepartures, type Receipt } from '@gatepost/contract/leaving.ts'
import { Button } from '@mantine/core'
import { IconDoorExit, IconReceipt } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
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
  const { data, error } = useEndpoint(listDepartures, {}, { refetchInterval: 15_000 })
  return (
    <Page
      title="Leaving"
      lead="An organisation is erased when its seven days are over, you agreed, and its mail goes elsewhere."
    >
      {error && !data && <ProblemNote error={error} />}
      <Panel title="On their way out" flush>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title="Nobody leaves" icon={IconDoorExit}>
            <p>An organisation that asks to be erased appears here, and waits for your word.</p>
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
      <Panel title="Receipts" side="signed; they stay when the organisation is gone" flush>
        {data && data.receipts.length === 0 && (
          <EmptyState title="No receipt yet" icon={IconReceipt}>
            <p>Each erased organisation leaves one: what went, when, and what stays where.</p>
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
  const may = useMay('system:write')
  const confirm = useConfirm()
  const agree = useAction(agreeToDeparture, { readAgain: [listDepartures] })
  const say = async () => {
    const agreed = await confirm({
      title: `All of ${leaving.name} is erased on ${date(leaving.eraseAt)}`,
      body: 'Until then it can take its request back. Afterwards nobody can bring it back but a backup.',
      act: 'Agree',
    })
    if (agreed) agree.mutate({ params: { departure: leaving.tenant } })
  }
  return (
    <Note tone="warn" title={`${leaving.name}, on ${date(leaving.eraseAt)}`}>
      <p>
        {leaving.askedBy} asked on {date(leaving.askedAt)}.{' '}
        {leaving.agreedAt === null
          ? 'Nobody agreed yet.'
          : `${leaving.agreedBy} agreed on ${date(leaving.agreedAt)}.`}{' '}
        <Link to="/t/$slug/dashboard" params={{ slug: leaving.slug }}>
          Open the organisation
        </Link>
      </p>
      {leaving.fault !== null && <p>Stopped when it was due: {leaving.fault}</p>}
      {agree.error && <ProblemNote error={agree.error} />}
      {may && leaving.agreedAt === null && (
        <Button variant="default" mt={8} loading={agree.isPending} onClick={say}>
          {`Agree that ${leaving.name} is erased`}
        </Button>
      )}
    </Note>
  )
}

function ReceiptRow({ receipt }: { readonly receipt: Receipt }) {
  const save = () =>
    saveFile(`receipt-${receipt.id}.json`, JSON.stringify(receipt, null, 1), 'application/json')
  return (
    <div className={stack.row}>
      <span className="strong">{receipt.name}</span>
      <span className="tx2">erased on {date(receipt.erasedAt)}</span>
      <Button size="compact-sm" variant="default" onClick={save}>
        {`Download receipt of ${receipt.name}`}
      </Button>
    </div>
  )
}
