// The state of a policy: icon and word.
import type { Policy } from '@gatepost/contract/policy.ts'
import { IconCircleCheckFilled, IconCircleMinus, IconClockPause, IconHourglass } from '@tabler/icons-react'
import { useWords } from '#i18n/i18n.ts'
import classes from './policies.module.css'
import { stateTones } from './type-words.ts'

const icons = {
  active: IconCircleCheckFilled,
  disabled: IconCircleMinus,
  'starts-later': IconHourglass,
  expired: IconClockPause,
} as const

export function PolicyState({ state }: { readonly state: Policy['state'] }) {
  const words = useWords('policies')
  const Icon = icons[state]
  return (
    <span className={classes.state} data-tone={stateTones[state]}>
      <Icon size={16} aria-hidden /> {words(`state.${state}`)}
    </span>
  )
}
