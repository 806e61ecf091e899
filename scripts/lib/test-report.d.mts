// The types of test-report.mjs, for its test.

export type FileResult = {
  readonly name: string
  /** Events of the file's tests, as the reporter in test-events.mjs writes them. */
  readonly lines: readonly { readonly kind: string }[]
  readonly output: string
  readonly fault: string | null
  readonly ms: number
}

export declare function createReport(options?: {
  readonly print?: (text: string) => void
  readonly strict?: boolean
}): {
  failedOnce(result: FileResult): void
  file(result: FileResult): void
  finish(): number
}
