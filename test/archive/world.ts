// An organisation with archiving and journaling on, for tests of the archive.
import { setArchive } from '@gatepost/server/control/archive/settings.ts'
import type { Scope } from '@gatepost/server/control/scope.ts'
import type { HandlerDeps } from '@gatepost/server/http/handlers/deps.ts'
import type { TestControl } from '../control.ts'
import { addOrganisation } from '../store/fixtures.ts'

export type ArchiveWorld = { readonly scope: Scope; readonly deps: HandlerDeps }

/** Organisations share one control, which takes longer to start than a test. */
export async function world({ deps }: TestControl, slug: string): Promise<ArchiveWorld> {
  const scope = await addOrganisation(deps.store, slug, `${slug}.example`)
  await setArchive(scope, { input: { enabled: true, journalEnabled: true }, ifMatch: null }, deps)
  return { scope, deps }
}
