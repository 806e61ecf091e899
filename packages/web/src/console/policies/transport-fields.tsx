// What a policy says of the way a message takes: its route, and TLS with the hosts on both sides.
import { listRoutes } from '@gatepost/contract/route.ts'
import { NativeSelect, TagsInput } from '@mantine/core'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Choice } from './choice.tsx'
import type { FieldsProps } from './option-fields.tsx'

const LEVELS = [
  'enforced-strict',
  'enforced-relaxed',
  'verified',
  'dane',
  'mta-sts',
  'opportunistic',
] as const
const RECEIPT = ['enforce', 'none'] as const
const VERSIONS = ['1.2', '1.3'] as const

export function SecureDelivery({ option, set, faultOf }: FieldsProps<'secure-delivery'>) {
  const words = useWords('policies')
  return (
    <>
      <Choice
        label={words('option.tls')}
        of="option.level"
        values={LEVELS}
        value={option.level}
        onChange={(level) => set({ level })}
      />
      {option.level === 'verified' && (
        <TagsInput
          label={words('option.names')}
          description={words('option.namesText')}
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
  const words = useWords('policies')
  return (
    <>
      <Choice
        label={words('option.action')}
        of="option.receipt"
        values={RECEIPT}
        value={option.action}
        onChange={(action) => set({ action })}
      />
      {option.action === 'enforce' && (
        <NativeSelect
          label={words('option.versionLabel')}
          data={VERSIONS.map((value) => ({
            value,
            label: words(value === '1.2' ? 'option.version.tls12' : 'option.version.tls13'),
          }))}
          value={option.version ?? '1.2'}
          onChange={({ currentTarget: { value } }) => set({ version: value === '1.3' ? '1.3' : '1.2' })}
        />
      )}
    </>
  )
}

export function RouteField({ option, set, faultOf }: FieldsProps<'delivery-route'>) {
  const words = useWords('policies')
  const { data } = useEndpoint(listRoutes, { params: { tenant: useSlug() } })
  const routes = (data?.items ?? []).map(({ id, name, host, port }) => ({
    value: id,
    label: words('option.routeWords', { name, host, port }),
  }))
  return (
    <NativeSelect
      label={words('option.route')}
      description={words('option.routeText')}
      data={[{ value: '', label: words('option.chooseRoute') }, ...routes]}
      value={option.routeId}
      error={faultOf('option/routeId')}
      onChange={(event) => set({ routeId: event.currentTarget.value })}
    />
  )
}
