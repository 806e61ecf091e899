// Times on pages: relative while fresh, UTC on hover, and count-downs that screen readers are spared.

import { useWords } from '#i18n/i18n.ts'
import { ago, dateTime, span, timeOfDay, utc } from './format.ts'
import { useNow } from './now.ts'

export function RelativeTime({ at }: { readonly at: number }) {
  const now = useNow()
  return <Stamp at={at}>{ago(at, now)}</Stamp>
}

/** `09:41:52`. */
export function ClockTime({ at }: { readonly at: number }) {
  return <Stamp at={at}>{timeOfDay(at)}</Stamp>
}

/** `Thu 19 Nov 2026, 09:13:52`. */
export function FullTime({ at }: { readonly at: number }) {
  return <Stamp at={at}>{dateTime(at)}</Stamp>
}

function Stamp({ at, children }: { readonly at: number; readonly children: string }) {
  return (
    <time className="num" dateTime={new Date(at).toISOString()} title={utc(at)}>
      {children}
    </time>
  )
}

/** "Next check in 22 s": shown, not announced. */
export function Countdown({ to, before }: { readonly to: number; readonly before?: string }) {
  const words = useWords('shell')
  const now = useNow()
  const left = to - now
  return (
    <span aria-hidden className="num tx2" data-countdown>
      {left <= 0
        ? words('checks.checking', 'Checking')
        : `${before ?? words('checks.nextCheck', 'Next check in')} ${span(Math.ceil(left / 1_000) * 1_000)}`}
    </span>
  )
}

/** "Checked 8 s ago." with the next check as a count-down. */
export function CheckedLine({
  checkedAt,
  nextCheckAt,
}: {
  readonly checkedAt: number | null
  readonly nextCheckAt: number | null
}) {
  const words = useWords('shell')
  return (
    <span className="small tx3">
      {checkedAt === null ? (
        words('checks.notChecked', 'Not checked yet')
      ) : (
        <>
          {words('checks.checked', 'Checked')} <RelativeTime at={checkedAt} />
        </>
      )}
      {nextCheckAt !== null && (
        <>
          <span aria-hidden> · </span>
          <Countdown to={nextCheckAt} />
        </>
      )}
    </span>
  )
}
