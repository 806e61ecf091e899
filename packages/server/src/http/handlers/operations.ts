// Answers for the owner of the data folder alone: backups and the restart. Bound to the admin socket only.
import * as contract from '@gatepost/contract/operations.ts'
import type { Backups } from '#control/backup/backup.ts'
import { type Binding, on } from '../request.ts'

export function operationsBindings(deps: {
  readonly backups: Backups
  /** Asks the supervisor; returns before anything happens, so that the answer still gets out. */
  readonly restart: () => void
}): readonly Binding[] {
  const { backups, restart } = deps
  return [
    on(contract.startBackup, async ({ body }) => backups.start(body)),
    on(contract.getBackup, async ({ params }) => backups.get(params.backup)),
    on(contract.restartGateway, async () => {
      restart()
      return {}
    }),
  ]
}
