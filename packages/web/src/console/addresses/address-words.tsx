// Words for an address of the gateway: what it is for, and since or until when it counts.
import type { OwnAddress } from '@gatepost/contract/own-address.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { date } from '#shared/format.ts'
import stack from '#shared/stack.module.css'

const purposeWords = { smtp: 'mail', directory: 'directories', sync: 'synchronisation' } as const

export const stateWords = {
  active: { tone: 'ok', word: () => 'In use' },
  coming: {
    tone: 'warn',
    word: (from: number | null) => (from === null ? 'Coming' : `From ${date(from)}`),
  },
  ending: {
    tone: 'warn',
    word: (_from: number | null, until: number | null) => (until === null ? 'Ends' : `Until ${date(until)}`),
  },
} as const

export function AddressCell({ item }: { readonly item: OwnAddress }) {
  return (
    <div>
      <span className={stack.inline}>
        <span className="mono">{item.address}</span>
        <CopyButton value={item.address} label={`Copy ${item.address}`} />
      </span>
      <div className="small tx2">
        {item.purposes.map((purpose) => purposeWords[purpose]).join(', ')}
        {item.note !== '' && `; ${item.note}`}
      </div>
    </div>
  )
}
