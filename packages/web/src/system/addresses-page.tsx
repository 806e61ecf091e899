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
import { AddressCell, stateWordsOf } from '#console/addresses/address-words.tsx'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { date } from '#shared/format.ts'
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
  const t = useWords('system')
  const may = useMay('system:write')
  const confirm = useConfirm()
  const { data, error } = useEndpoint(listOwnAddresses, {}, { refetchInterval: 30_000 })
  const withdraw = useAction(withdrawAddress, {
    readAgain: [listOwnAddresses],
    said: () => ({ text: t('addresses.theAddressIsWithdrawn') }),
  })
  const end = async ({ address }: Item) => {
    const agreed = await confirm({
      title: t('addresses.isAnnouncedNoMore', { address }),
      body: t('addresses.organisationsThatAllowedIt'),
      act: t('addresses.withdrawAddress'),
    })
    if (agreed) withdraw.mutate({ params: { ip: address } })
  }
  const columns = columnsOf(t, stateWordsOf(useWords('settings')), may, end)
  const lacking = data?.items.filter((item) => item.lacking.length > 0) ?? []
  return (
    <Page
      title={t('addresses.ourAddresses')}
      lead={t('addresses.whatWeConnectFromAsAPageAs')}
      actions={<a href="/v1/addresses">{t('addresses.asJson')}</a>}
    >
      {Boolean(error ?? withdraw.error) && <ProblemNote error={error ?? withdraw.error} />}
      {lacking.map((item) => (
        <LackingNote key={item.address} item={item} />
      ))}
      <Panel title={t('addresses.addresses')} side={data && `SPF ${data.spfName}, DNS ${data.dnsName}`} flush>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <Note tone="warn" title={t('addresses.leadsToNoPublicAddress', { hostname: data.hostname })}>
            <p>
              {rich(t, 'addresses.publishItsAddressRecords', {
                link: <Link to="/system/readiness">{t('system.readiness')}</Link>,
              })}
            </p>
          </Note>
        )}
        {data && data.items.length > 0 && (
          <DataTable
            label={t('addresses.addressesOfTheGateway')}
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
  const t = useWords('system')
  const day = item.activeFrom === null ? t('addresses.soon') : date(item.activeFrom)
  return (
    <Note
      tone="warn"
      role="status"
      title={t('addresses.organisationsDoNotAllowYet', {
        count: item.lacking.length,
        address: item.address,
        day,
      })}
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

function columnsOf(
  t: Words,
  stateWords: ReturnType<typeof stateWordsOf>,
  may: boolean,
  end: (item: Item) => Promise<void>,
): readonly Column<Item>[] {
  return [
    { id: 'address', head: t('system.address'), cell: (item) => <AddressCell item={item} /> },
    {
      id: 'state',
      head: t('addresses.state'),
      cell: ({ state, activeFrom, endsAt }) => (
        <ToneText tone={stateWords[state].tone}>{stateWords[state].word(activeFrom, endsAt)}</ToneText>
      ),
    },
    {
      id: 'lacking',
      head: t('addresses.allowedBy'),
      cell: ({ state, lacking }) =>
        state === 'coming' ? (
          <span>
            {lacking.length === 0 ? t('addresses.all') : t('addresses.allBut', { length: lacking.length })}
          </span>
        ) : (
          <span className="tx3">–</span>
        ),
    },
    {
      id: 'withdraw',
      head: t('addresses.withdraw'),
      headHidden: true,
      align: 'right',
      cell: (item) =>
        may &&
        item.announced && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('addresses.withdraw2', { address: item.address })}
            onClick={() => end(item)}
          >
            {t('addresses.withdraw')}
          </Button>
        ),
    },
  ]
}

function Announce() {
  const t = useWords('system')
  const now = useNow()
  const announce = useAction(announceAddress, {
    readAgain: [listOwnAddresses],
    onDone: () => form.reset(),
  })
  const form = useForm({
    initialValues: { address: '', day: dayOf(now + NOTICE_DAYS * DAY_MS), note: '' },
    validate: { address: filled(t('addresses.writeAnIpAddress')), day: filled(t('addresses.writeADay')) },
  })
  useFieldErrors(form, announce.error)
  const submit = ({ address, day, note }: typeof form.values) =>
    announce.mutate({
      body: { address, note, purposes: [...addressPurposes], activeFrom: Date.parse(`${day}T00:00:00Z`) },
    })
  return (
    <Panel title={t('addresses.announceAnAddress')}>
      <form noValidate className={stack.form} onSubmit={form.onSubmit(submit, focusFirstWrong)}>
        <div className={stack.pair}>
          <TextInput label={t('system.address')} autoComplete="off" {...form.getInputProps('address')} />
          <TextInput label={t('addresses.inUseFrom')} type="date" {...form.getInputProps('day')} />
        </div>
        <TextInput label={t('addresses.noteOptional')} maxLength={200} {...form.getInputProps('note')} />
        {announce.error && <ProblemNote error={announce.error} focus />}
        <p className="small tx2">{t('addresses.itAppearsOnEvery')}</p>
        <div>
          <Button type="submit" variant="default" loading={announce.isPending}>
            {t('addresses.announceAddress')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
