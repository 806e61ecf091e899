// What a policy says of the way a message takes: its route, and TLS with the hosts on both sides.
import { listRoutes } from '@gatepost/contract/route.ts'
import { NativeSelect, TagsInput } from '@mantine/core'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { Choice } from './choice.tsx'
import type { FieldsProps } from './option-fields.tsx'

const levelWords = {
  'enforced-strict': 'Strict: TLS with a certificate of a public authority for the host',
  'enforced-relaxed': 'Relaxed: TLS with any certificate, also a self-made one',
  verified: 'Verified: TLS with a certificate for the recipient’s own domain, or for names you give',
  dane: 'DANE: as the domain’s TLSA records say, and not without',
  'mta-sts': 'MTA-STS: as the domain’s policy says, and not without',
  opportunistic: 'Opportunistic: TLS where it is offered',
} as const

const receiptWords = {
  enforce: 'Refuse mail that comes without TLS',
  none: 'No action: leave these senders out of a wider policy',
} as const

const versionWords = { '1.2': 'TLS 1.2 or later', '1.3': 'TLS 1.3 or later' } as const

export function SecureDelivery({ option, set, faultOf }: FieldsProps<'secure-delivery'>) {
  return (
    <>
      <Choice label="TLS" words={levelWords} value={option.level} onChange={(level) => set({ level })} />
      {option.level === 'verified' && (
        <TagsInput
          label="Names in the certificate"
          description="Leave empty for the recipient’s domain and names below it. A leading dot stands for any name below."
          value={option.names ?? []}
          splitChars={[',', ' ', ';', '\n']}
          acceptValueOnBlur
          error={faultOf('option/names')}
          onChange={(names) => set({ names })}
        />
      )}
    </>
  )
}

export function SecureReceipt({ option, set }: FieldsProps<'secure-receipt'>) {
  return (
    <>
      <Choice
        label="Action"
        words={receiptWords}
        value={option.action}
        onChange={(action) => set({ action })}
      />
      {option.action === 'enforce' && (
        <Choice
          label="Version"
          words={versionWords}
          value={option.version ?? '1.2'}
          onChange={(version) => set({ version })}
        />
      )}
    </>
  )
}

export function RouteField({ option, set, faultOf }: FieldsProps<'delivery-route'>) {
  const { data } = useEndpoint(listRoutes, { params: { tenant: useSlug() } })
  const routes = (data?.items ?? []).map(({ id, name, host, port }) => ({
    value: id,
    label: `${name}: ${host}, port ${port}`,
  }))
  return (
    <NativeSelect
      label="Delivery route"
      description="Routes are made under Mail flow, Delivery routes"
      data={[{ value: '', label: 'Choose a route' }, ...routes]}
      value={option.routeId}
      error={faultOf('option/routeId')}
      onChange={(event) => set({ routeId: event.currentTarget.value })}
    />
  )
}
