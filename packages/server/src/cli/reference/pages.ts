// The generated pages of docs/reference by file name.
import { apiPage } from './api.ts'
import { configurationPage } from './configuration.ts'
import { eventsPage } from './events.ts'
import { metricsPage } from './metrics.ts'
import { permissionsPage } from './permissions.ts'
import { policiesPage } from './policies.ts'

/** Text by file name. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['configuration.md', configurationPage()],
    ['events.md', eventsPage()],
    ['metrics.md', metricsPage()],
    ['policies.md', policiesPage()],
    ['permissions.md', permissionsPage()],
    ['api.md', apiPage()],
  ])
}
