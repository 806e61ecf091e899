// The time that the figures cover; it stands in the address.
import { ReportRange } from '@gatepost/contract/report.ts'
import * as z from 'zod'

export const RangeSearch = z.object({ range: ReportRange.optional().catch(undefined) })

/** Figures of a day change while one looks, those of a month hardly. */
export const LOOK_MS = { '24h': 10_000, '7d': 60_000, '30d': 300_000 } as const
