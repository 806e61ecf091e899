// What collecting contacts may touch, beyond what every use case may.
import type { DirectoryDeps } from '../directory/kind.ts'
import type { Tracking } from '../tracking/tracking.ts'

export type ContactDeps = DirectoryDeps & { readonly tracking: Pick<Tracking, 'outboundLetters' | 'days'> }
