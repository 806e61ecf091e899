// What is left of the required steps: how many can be done today, how long they take, how many come later.
import type { Connect, ConnectStep } from '@gatepost/contract/connect.ts'

/** Stands for the minutes of a step that is not built yet. */
export const LATER = 'later release'

export type Left = {
  readonly steps: readonly ConnectStep[]
  /** Of `steps`, those that are not built yet. */
  readonly later: number
  /** Sum over the steps that can be done in this release. */
  readonly minutes: number
}

export function leftOf({ steps }: Pick<Connect, 'steps'>): Left {
  const left = steps.filter(({ requirement, state }) => requirement === 'mandatory' && state !== 'done')
  const now = left.filter(({ available }) => available)
  return {
    steps: left,
    later: left.length - now.length,
    minutes: now.reduce((sum, { minutes }) => sum + minutes, 0),
  }
}

export function minutesOf({ available, minutes }: Pick<ConnectStep, 'available' | 'minutes'>): string {
  return available ? `${minutes} min` : LATER
}
