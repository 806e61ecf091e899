// Every address of the gateway that a firewall or an SPF record has to allow, and changes that are announced.
import { confirmAddress, getTenantAddresses } from '@gatepost/contract/own-address.ts'
import { Button } from '@mantine/core'
import type * as z from 'zod'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { Facts } from '#shared/facts.tsx'
import { date } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { AddressCell, stateWords } from './address-words.tsx'

type Item = z.output<(typeof getTenantAddresses)['output']>['items'][number]

export function AddressesPage() {
  const tenant = useSlug()
  const may = useMay('tenant:write')
  const { data, error } = useEndpoint(getTenantAddresses, { params: { tenant } }, { refetchInterval: 30_000 })
  const confirm = useAction(confirmAddress, { readAgain: [getTenantAddresses] })
  const say = (item: Item) =>
    confirm.mutate({ params: { tenant, ip: item.address }, body: { confirmed: item.confirmedAt === null } })
  const columns = columnsOf(may, say)
  const coming = data?.items.filter(({ state }) => state === 'coming') ?? []
  return (
    <Page
      title="Our addresses"
      lead="What this gateway connects from: your firewall allows these, your SPF record names them."
      actions={<a href="/v1/addresses">As JSON</a>}
    >
      {Boolean(error ?? confirm.error) && <ProblemNote error={error ?? confirm.error} />}
      {coming.length > 0 && (
        <Note tone="warn" role="status" title="An address is announced">
          <p>Allow it before its day, or connections from it may be refused.</p>
        </Note>
      )}
      <div className={stack.detail}>
        <Panel title="Addresses" flush>
          {!data && !error && <SkeletonRows />}
          {data && data.items.length === 0 && (
            <Note tone="warn" title="The host name leads to no public address yet">
              <p>The operator sees under Readiness what is missing.</p>
            </Note>
          )}
          {data && data.items.length > 0 && (
            <DataTable
              label="Addresses of the gateway"
              rows={data.items}
              columns={columns}
              rowKey={({ address }) => address}
              card={(item) => columns.map(({ id, cell }) => <div key={id}>{cell(item)}</div>)}
            />
          )}
        </Panel>
        <Panel title="By name">
          <div className={stack.tight}>
            {data && (
              <Facts
                rows={[
                  ['SPF', <Name key="spf" value={`include:${data.spfName}`} label="SPF include" />],
                  ['DNS', <Name key="dns" value={data.dnsName} label="DNS name" />],
                ]}
              />
            )}
            <p className="small tx2">Names follow every change; addresses do not.</p>
          </div>
        </Panel>
      </div>
    </Page>
  )
}

function columnsOf(may: boolean, say: (item: Item) => void): readonly Column<Item>[] {
  return [
    { id: 'address', head: 'Address', cell: (item) => <AddressCell item={item} /> },
    {
      id: 'state',
      head: 'State',
      cell: ({ state, activeFrom, endsAt }) => (
        <ToneText tone={stateWords[state].tone}>{stateWords[state].word(activeFrom, endsAt)}</ToneText>
      ),
    },
    {
      id: 'spf',
      head: 'SPF',
      cell: ({ missingIn }) =>
        missingIn.length === 0 ? (
          <span className="tx2">named</span>
        ) : (
          <ToneText tone="warn">{`missing in ${missingIn.join(', ')}`}</ToneText>
        ),
    },
    {
      id: 'firewall',
      head: 'Firewall',
      cell: (item) => (
        <div className={stack.tight}>
          {item.confirmedAt !== null && (
            <span className="small tx2">
              {item.confirmedBy}, {date(item.confirmedAt)}
            </span>
          )}
          {may && (
            <div>
              <Button size="compact-sm" variant="default" onClick={() => say(item)}>
                {item.confirmedAt === null
                  ? `I have allowed ${item.address}`
                  : `Not any more: ${item.address}`}
              </Button>
            </div>
          )}
        </div>
      ),
    },
  ]
}

function Name({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <span className={stack.inline}>
      <HostText>{value}</HostText>
      <CopyButton value={value} label={`Copy ${label}`} />
    </span>
  )
}
