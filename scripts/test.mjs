// `npm test`: everything, from a fresh clone. Words behind it (`npm test -- journeys`) run only the files
// they match.
import { matching, runStaticChecks, timed, unitTests, webTests, wideTests } from './lib/checks.mjs'
import { ensureComponents } from './lib/components.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { createSecondLook } from './lib/second-look.mjs'
import { runFiles } from './lib/test-pool.mjs'
import { createReport } from './lib/test-report.mjs'
import { runVitest } from './lib/vitest.mjs'
import { buildWeb } from './lib/web.mjs'

/** Two, so that timings inside tests stay honest on small machines. */
const CONCURRENCY = 2

const words = process.argv.slice(2)
await ensureInstalled()
await ensureComponents()
const report = createReport()
if (words.length === 0) await runStaticChecks(report)
await timed(report, 'build of the console', buildWeb)
const pages = matching(webTests(), words)
if (pages.length > 0) await runVitest(pages, report)
const files = matching([...unitTests(), ...wideTests()], words)
const again = createSecondLook()
await runFiles(files, {
  concurrency: CONCURRENCY,
  onFile: (result) => {
    if (again.takes(result)) report.failedOnce(result)
    else report.file(result)
  },
})
await runFiles(again.files(), { concurrency: 1, onFile: report.file })
process.exitCode = report.finish()
