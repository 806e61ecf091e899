// What a source of alerts is: it looks at what is stored or asks the edges, and says what is wrong now.
import type { AlertKind } from '@gatepost/contract/alert.ts'
import type { AgentDesk } from '../../agent/desk.ts'
import type { Archive } from '../../archive/archive.ts'
import type { NewAlert } from '../alert.ts'
import type { SendDeps } from '../send.ts'
import type { AlertRow } from '../store.ts'

export type SourceDeps = SendDeps & {
  readonly agents: Pick<AgentDesk, 'isWaiting'>
  readonly archive: Pick<Archive, 'trouble'>
}

export type Found = {
  readonly wrong: readonly NewAlert[]
  /** An open alert that must stay although it is not among them: nobody could tell, or it nearly is. */
  readonly stays?: (open: AlertRow) => boolean
}

export type Source = {
  readonly name: string
  /** Open alerts of these kinds end when the source does not name them any more. */
  readonly kinds: readonly AlertKind[]
  readonly everyMs: number
  look(deps: SourceDeps, now: number): Promise<Found>
}
