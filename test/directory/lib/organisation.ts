// An organisation over SQLite with a validated domain and a runner of directories, as control has it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectorDraft } from '@gatepost/contract/directory.ts'
import { ConnectorDraft as Draft } from '@gatepost/contract/directory.ts'
import { startConnectorTest } from '@gatepost/server/control/directory/checks.ts'
import { addConnector, getConnector } from '@gatepost/server/control/directory/connector.ts'
import { getSyncRun } from '@gatepost/server/control/directory/history.ts'
import type { DirectoryDeps } from '@gatepost/server/control/directory/kind.ts'
import { SyncRunner } from '@gatepost/server/control/directory/sync.ts'
import type { Scope } from '@gatepost/server/control/scope.ts'
import { withFolder } from '../../store/databases.ts'
import { addOrganisation, type steadyClock, withStore } from '../../store/fixtures.ts'
import { madeUpDns } from '../../store/made-up-dns.ts'

export type Organisation = {
  readonly scope: Scope
  readonly deps: DirectoryDeps
  readonly runner: SyncRunner
  readonly clock: ReturnType<typeof steadyClock>
  /** Adds a connector; what is not named has its default. */
  connector(draft: Partial<ConnectorDraft> & Pick<ConnectorDraft, 'settings'>): Promise<string>
  /** Runs to the end: previewed and accepted the first time. */
  sync(id: string, options?: { readonly preview?: boolean }): ReturnType<typeof getSyncRun>
  test(id: string, address?: string): ReturnType<typeof getConnector>
}

const RUN_MS = 120_000

export function inOrganisation(work: (organisation: Organisation) => Promise<void>): Promise<void> {
  return withFolder((dataFolder) =>
    withStore({ database: null, dataFolder }, async (base, clock) => {
      const scope = await addOrganisation(base.store, 'Corp', 'corp.example')
      const config = { ...base.config, network: { privateTargets: ['127.0.0.0/8'] } }
      const dns = madeUpDns()
      dns.set('A dc1.corp.example', ['127.0.0.1'])
      const deps = {
        ...base,
        config,
        dns: dns.dns,
        machine: { addresses: () => ['127.0.0.1'] },
        listening: [],
      }
      const runner = new SyncRunner(deps)
      try {
        await work(organisationOf({ scope, deps, runner, clock }))
      } finally {
        await runner.close()
      }
    }),
  )
}

function organisationOf(parts: Pick<Organisation, 'scope' | 'deps' | 'runner' | 'clock'>): Organisation {
  const { scope, deps, runner } = parts
  const finished = async (connector: string, run: string) => {
    const end = Date.now() + RUN_MS
    while (Date.now() < end) {
      const seen = await getSyncRun(scope, { connector, run }, deps)
      if (seen.state !== 'reading' && seen.state !== 'applying') {
        // Its last word stands before the connector is free for the next.
        while (runner.size > 0 && Date.now() < end) await sleep(5)
        return seen
      }
      await sleep(20)
    }
    throw new Error('the run did not end')
  }
  return {
    ...parts,
    async connector(draft) {
      const whole = Draft.parse({ name: 'Corp', secret: 'sync-secret', ...draft })
      return (await addConnector(scope, whole, deps)).id
    },
    async sync(id, { preview = false } = {}) {
      const { state } = await getConnector(scope, id, deps)
      const isPreview = preview || state === 'new'
      const run = await runner.start(scope, id, { trigger: 'person', isPreview })
      const seen = await finished(id, run.id)
      if (preview || !isPreview || seen.state !== 'previewed') return seen
      await runner.accept(scope, { connectorId: id, runId: run.id, removals: null })
      return finished(id, run.id)
    },
    async test(id, address) {
      const { finished: over } = await startConnectorTest(scope, { id, address: address ?? null }, deps)
      await over
      return getConnector(scope, id, deps)
    },
  }
}
