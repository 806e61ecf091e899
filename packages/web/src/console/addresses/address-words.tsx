// Words for an address of the gateway: what it is for, and since or until when it counts.

import type { OwnAddress } from '@gatepost/contract/own-address.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { date } from '#shared/format.ts'
import stack from '#shared/stack.module.css'

export const stateWordsOf = (t: Words) =>
  ({
    active: { tone: 'ok', word: () => t('addressWords.inUse') },
    coming: {
      tone: 'warn',
      word: (from: number | null) =>
        from === null ? t('addressWords.coming') : t('addressWords.from', { from: date(from) }),
    },
    ending: {
      tone: 'warn',
      word: (_from: number | null, until: number | null) =>
        until === null ? t('addressWords.ends') : t('addressWords.until', { until: date(until) }),
    },
  }) as const

export function AddressCell({ item }: { readonly item: OwnAddress }) {
  const t = useWords('settings')
  return (
    <div>
      <span className={stack.inline}>
        <span className="mono">{item.address}</span>
        <CopyButton value={item.address} label={t('addressWords.copy', { address: item.address })} />
      </span>
      <div className="small tx2">
        {item.purposes.map((purpose) => t(`addressWords.${purpose}`)).join(', ')}
        {item.note !== '' && `; ${item.note}`}
      </div>
    </div>
  )
}
