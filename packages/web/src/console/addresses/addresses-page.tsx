// Every address of the gateway that a firewall or an SPF record has to allow, and changes that are announced.

import { confirmAddress, getTenantAddresses } from '@gatepost/contract/own-address.ts'
import { Button } from '@mantine/core'
import type * as z from 'zod'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
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
import { AddressCell, stateWordsOf } from './address-words.tsx'

type Item = z.output<(typeof getTenantAddresses)['output']>['items'][number]

export function AddressesPage() {
  const t = useWords('settings')
  const tenant = useSlug()
  const may = useMay('tenant:write')
  const { data, error } = useEndpoint(getTenantAddresses, { params: { tenant } }, { refetchInterval: 30_000 })
  const confirm = useAction(confirmAddress, { readAgain: [getTenantAddresses] })
  const say = (item: Item) =>
    confirm.mutate({ params: { tenant, ip: item.address }, body: { confirmed: item.confirmedAt === null } })
  const columns = columnsOf(t, may, say)
  const coming = data?.items.filter(({ state }) => state === 'coming') ?? []
  return (
    <Page
      title={t('addresses.ourAddresses')}
      lead={t('addresses.whatThisGatewayConnects')}
      actions={<a href="/v1/addresses">{t('addresses.asJson')}</a>}
    >
      {Boolean(error ?? confirm.error) && <ProblemNote error={error ?? confirm.error} />}
      {coming.length > 0 && (
        <Note tone="warn" role="status" title={t('addresses.anAddressIsAnnounced')}>
          <p>{t('addresses.allowItBeforeItsDayOr')}</p>
        </Note>
      )}
      <div className={stack.detail}>
        <Panel title={t('addresses.addresses')} flush>
          {!data && !error && <SkeletonRows />}
          {data && data.items.length === 0 && (
            <Note tone="warn" title={t('addresses.theHostNameLeadsToNoPublic')}>
              <p>{t('addresses.theOperatorSeesUnder')}</p>
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
        <Panel title={t('addresses.byName')}>
          <div className={stack.tight}>
            {data && (
              <Facts
                rows={[
                  [
                    'SPF',
                    <Name key="spf" value={`include:${data.spfName}`} label={t('addresses.spfInclude')} />,
                  ],
                  ['DNS', <Name key="dns" value={data.dnsName} label={t('addresses.dnsName')} />],
                ]}
              />
            )}
            <p className="small tx2">{t('addresses.namesFollowEveryChange')}</p>
          </div>
        </Panel>
      </div>
    </Page>
  )
}

function columnsOf(t: Words, may: boolean, say: (item: Item) => void): readonly Column<Item>[] {
  return [
    { id: 'address', head: t('addresses.address'), cell: (item) => <AddressCell item={item} /> },
    {
      id: 'state',
      head: t('addresses.state'),
      cell: ({ state, activeFrom, endsAt }) => (
        <ToneText tone={stateWordsOf(t)[state].tone}>
          {stateWordsOf(t)[state].word(activeFrom, endsAt)}
        </ToneText>
      ),
    },
    {
      id: 'spf',
      head: 'SPF',
      cell: ({ missingIn }) =>
        missingIn.length === 0 ? (
          <span className="tx2">{t('addresses.named')}</span>
        ) : (
          <ToneText tone="warn">{t('addresses.missingIn', { value: missingIn.join(', ') })}</ToneText>
        ),
    },
    {
      id: 'firewall',
      head: t('addresses.firewall'),
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
                  ? t('addresses.iHaveAllowed', { address: item.address })
                  : t('addresses.notAnyMore', { address: item.address })}
              </Button>
            </div>
          )}
        </div>
      ),
    },
  ]
}

function Name({ value, label }: { readonly value: string; readonly label: string }) {
  const t = useWords('settings')
  return (
    <span className={stack.inline}>
      <HostText>{value}</HostText>
      <CopyButton value={value} label={t('addresses.copy', { label })} />
    </span>
  )
}
