// The types of second-look.mjs, for its test.
import type { FileResult } from './test-report.d.mts'

export declare function createSecondLook(options?: { readonly max?: number }): {
  takes(result: FileResult): boolean
  files(): readonly string[]
}
