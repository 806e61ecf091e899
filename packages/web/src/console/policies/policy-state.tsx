// The state of a policy: icon and word.
import type { Policy } from '@gatepost/contract/policy.ts'
import { IconCircleCheckFilled, IconCircleMinus, IconClockPause, IconHourglass } from '@tabler/icons-react'
import classes from './policies.module.css'
import { stateWords } from './type-words.ts'

const icons = {
  active: IconCircleCheckFilled,
  disabled: IconCircleMinus,
  'starts-later': IconHourglass,
  expired: IconClockPause,
} as const

export function PolicyState({ state }: { readonly state: Policy['state'] }) {
  const { tone, word } = stateWords[state]
  const Icon = icons[state]
  return (
    <span className={classes.state} data-tone={tone}>
      <Icon size={16} aria-hidden /> {word}
    </span>
  )
}
