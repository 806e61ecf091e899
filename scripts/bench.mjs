// `npm run bench`: measures Gatepost against real peers; Postfix is fetched from Debian where that is
// possible.
import { ensureComponents } from './lib/components.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { runUnderNode26 } from './lib/node26.mjs'
import { ensureWeb } from './lib/web.mjs'

await ensureInstalled()
await ensureWeb()
await ensureComponents(['postfix', 'procps'])
process.exitCode = await runUnderNode26('bench/main.ts', process.argv.slice(2))
