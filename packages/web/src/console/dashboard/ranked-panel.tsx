// Who writes most: domains outside, or our own addresses.
import type { Report } from '@gatepost/contract/report.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import { BarTable } from './bar-table.tsx'

type Props = { readonly of: 'senders' | 'people'; readonly report: Report }

export function RankedPanel({ of, report }: Props) {
  const slug = useSlug()
  const words = useWords('dashboard')
  const rows = report[of]
  return (
    <Panel title={words(of)}>
      {rows.length === 0 ? (
        <p className="tx2">{words(`${of}Empty`)}</p>
      ) : (
        <BarTable
          label={words(of)}
          stacked
          rows={rows.map(({ name, count: value, refused }) => ({
            key: name,
            name: (
              <Link to="/t/$slug/messages" params={{ slug }} search={{ sender: name }}>
                {name}
              </Link>
            ),
            value,
            mark: 'delivered',
            beside: refused > 0 ? `${words('ofRefused')} ${count(refused)}` : '',
          }))}
        />
      )}
    </Panel>
  )
}
