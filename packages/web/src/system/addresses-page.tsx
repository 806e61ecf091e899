// Our addresses for the operator: announce one days ahead, and see who does not allow it yet.
import {
  addressPurposes,
  announceAddress,
  listOwnAddresses,
  withdrawAddress,
} from '@gatepost/contract/own-address.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import type * as z from 'zod'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { AddressCell, stateWords } from '#console/addresses/address-words.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { date, plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

type Item = z.output<(typeof listOwnAddresses)['output']>['items'][number]

const DAY_MS = 86_400_000
/** Changes of firewalls take people a week. */
const NOTICE_DAYS = 14

export function AddressesPage() {
  const may = useMay('system:write')
  const confirm = useConfirm()
  const { data, error } = useEndpoint(listOwnAddresses, {}, { refetchInterval: 30_000 })
  const withdraw = useAction(withdrawAddress, {
    readAgain: [listOwnAddresses],
    said: () => ({ text: 'The address is withdrawn.' }),
  })
  const end = async ({ address }: Item) => {
    const agreed = await confirm({
      title: `${address} is announced no more`,
      body: 'Organisations that allowed it already are not told. Use it for nothing.',
      act: 'Withdraw address',
    })
    if (agreed) withdraw.mutate({ params: { ip: address } })
  }
  const columns = columnsOf(may, end)
  const lacking = data?.items.filter((item) => item.lacking.length > 0) ?? []
  return (
    <Page
      title="Our addresses"
      lead="What we connect from, as a page, as JSON and by name. Announce changes two weeks ahead."
      actions={<a href="/v1/addresses">As JSON</a>}
    >
      {Boolean(error ?? withdraw.error) && <ProblemNote error={error ?? withdraw.error} />}
      {lacking.map((item) => (
        <LackingNote key={item.address} item={item} />
      ))}
      <Panel title="Addresses" side={data && `SPF ${data.spfName}, DNS ${data.dnsName}`} flush>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <Note tone="warn" title={`${data.hostname} leads to no public address`}>
            <p>
              Publish its address records: <Link to="/system/readiness">Readiness</Link> prints the zone.
            </p>
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
      {may && <Announce />}
    </Page>
  )
}

function LackingNote({ item }: { readonly item: Item }) {
  const day = item.activeFrom === null ? 'soon' : date(item.activeFrom)
  return (
    <Note
      tone="warn"
      role="status"
      title={`${plural(item.lacking.length, 'organisation does', 'organisations do')} not allow ${item.address} yet; it comes ${day}`}
    >
      <ul className="plain">
        {item.lacking.map(({ tenant, slug, name, why }) => (
          <li key={tenant}>
            <Link to="/t/$slug/addresses" params={{ slug }}>
              {name}
            </Link>
            : {why}
          </li>
        ))}
      </ul>
    </Note>
  )
}

function columnsOf(may: boolean, end: (item: Item) => Promise<void>): readonly Column<Item>[] {
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
      id: 'lacking',
      head: 'Allowed by',
      cell: ({ state, lacking }) =>
        state === 'coming' ? (
          <span>{lacking.length === 0 ? 'all' : `all but ${lacking.length}`}</span>
        ) : (
          <span className="tx3">–</span>
        ),
    },
    {
      id: 'withdraw',
      head: 'Withdraw',
      headHidden: true,
      align: 'right',
      cell: (item) =>
        may &&
        item.announced && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Withdraw ${item.address}`}
            onClick={() => end(item)}
          >
            Withdraw
          </Button>
        ),
    },
  ]
}

function Announce() {
  const now = useNow()
  const announce = useAction(announceAddress, {
    readAgain: [listOwnAddresses],
    onDone: () => form.reset(),
  })
  const form = useForm({
    initialValues: { address: '', day: dayOf(now + NOTICE_DAYS * DAY_MS), note: '' },
    validate: { address: filled('Write an IP address'), day: filled('Write a day') },
  })
  useFieldErrors(form, announce.error)
  const submit = ({ address, day, note }: typeof form.values) =>
    announce.mutate({
      body: { address, note, purposes: [...addressPurposes], activeFrom: Date.parse(`${day}T00:00:00Z`) },
    })
  return (
    <Panel title="Announce an address">
      <form noValidate className={stack.form} onSubmit={form.onSubmit(submit, focusFirstWrong)}>
        <div className={stack.pair}>
          <TextInput label="Address" autoComplete="off" {...form.getInputProps('address')} />
          <TextInput label="In use from" type="date" {...form.getInputProps('day')} />
        </div>
        <TextInput label="Note (optional)" maxLength={200} {...form.getInputProps('note')} />
        {announce.error && <ProblemNote error={announce.error} focus />}
        <p className="small tx2">
          It appears on every organisation’s page, in the JSON and in the zone to publish; nothing is sent
          from it because of this.
        </p>
        <div>
          <Button type="submit" variant="default" loading={announce.isPending}>
            Announce address
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
