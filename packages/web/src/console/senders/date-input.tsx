// The last day on which an entry counts; empty means without an end.

import { TextInput, type TextInputProps } from '@mantine/core'
import { useWords } from '#i18n/i18n.ts'
import { currentTime } from '#shared/now.ts'

export function DateInput(props: TextInputProps) {
  const t = useWords('senders')
  return (
    <TextInput
      type="date"
      label={t('dateInput.lastDay')}
      description={t('dateInput.emptyMeansItNeverExpires')}
      min={dayOf(currentTime())}
      {...props}
    />
  )
}

/** The end of a day such as `2027-01-31` where the reader is; null for an empty field. */
export function endOfDay(day: string): number | null {
  return day === '' ? null : new Date(`${day}T23:59:59.999`).getTime()
}

export function dayOf(at: number): string {
  const day = new Date(at)
  const parts = [day.getFullYear(), day.getMonth() + 1, day.getDate()]
  return parts.map((part) => String(part).padStart(2, '0')).join('-')
}
