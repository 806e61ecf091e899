// What is left of the required steps, and how long they take.
import type { Connect, ConnectStep } from '@gatepost/contract/connect.ts'

export type Left = {
  readonly steps: readonly ConnectStep[]
  /** Sum over the steps. */
  readonly minutes: number
}

export function leftOf({ steps }: Pick<Connect, 'steps'>): Left {
  const left = steps.filter(({ requirement, state }) => requirement === 'mandatory' && state !== 'done')
  return { steps: left, minutes: left.reduce((sum, { minutes }) => sum + minutes, 0) }
}
