// What goes to the thread that looks into content, and what comes back.
import type { SpamFact } from '#policy/facts.ts'
import type { InspectionLimits } from './budget.ts'
import type { Inspection } from './inspect.ts'
import type { SpamAbout } from './screening.ts'

export type InspectionJob = {
  readonly id: number
  readonly source:
    | { readonly kind: 'memory'; readonly octets: Uint8Array }
    | { readonly kind: 'file'; readonly path: string; readonly size: number }
  readonly work:
    | { readonly kind: 'inspect'; readonly limits: InspectionLimits }
    | { readonly kind: 'score'; readonly about: SpamAbout }
}

export type InspectionResult = { readonly id: number } & (
  | { readonly kind: 'inspected'; readonly inspection: Inspection }
  | { readonly kind: 'scored'; readonly spam: SpamFact | null }
  | { readonly kind: 'failed'; readonly why: string }
)
