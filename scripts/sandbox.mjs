// `npm run sandbox`: a gateway together with a small internet on loopback, to try Connect without a domain.
import { ensureInstalled } from './lib/install.mjs'
import { runUnderNode26 } from './lib/node26.mjs'
import { ensureWeb } from './lib/web.mjs'

await ensureInstalled()
await ensureWeb()
process.exitCode = await runUnderNode26('packages/sandbox/src/main.ts', process.argv.slice(2))
