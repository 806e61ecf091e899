// `npm run check`: the quick loop while writing. Format, lint, types, house rules and unit tests; no servers.
import { matching, runStaticChecks, unitTests } from './lib/checks.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { inRoot } from './lib/root.mjs'
import { runFiles } from './lib/test-pool.mjs'
import { createReport } from './lib/test-report.mjs'

/** Two, so that timings inside tests stay honest on small machines. */
const CONCURRENCY = 2

await ensureInstalled()
const report = createReport()
await runStaticChecks(report)
const files = [inRoot('test/tidy.test.ts'), ...matching(unitTests(), process.argv.slice(2))]
await runFiles(files, { concurrency: CONCURRENCY, onFile: report.file })
process.exitCode = report.finish()
