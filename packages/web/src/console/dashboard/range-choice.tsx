// Chooses what the figures cover: a day, a week, a month.
import { ReportRange } from '@gatepost/contract/report.ts'
import { SegmentedControl } from '@mantine/core'
import { useWords } from '#i18n/i18n.ts'

type Props = { readonly value: ReportRange; readonly onChange: (range: ReportRange) => void }

export function RangeChoice({ value, onChange }: Props) {
  const words = useWords('dashboard')
  return (
    <SegmentedControl
      size="xs"
      aria-label={words('range')}
      value={value}
      onChange={(chosen) => onChange(ReportRange.parse(chosen))}
      data={ReportRange.options.map((range) => ({ value: range, label: words(range) }))}
    />
  )
}
