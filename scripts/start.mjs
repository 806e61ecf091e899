// `npm start`: from a fresh clone to a running gateway. Installs, builds the console, then hands over to Node
// 26.
import { ensureInstalled } from './lib/install.mjs'
import { runUnderNode26 } from './lib/node26.mjs'
import { ensureWeb } from './lib/web.mjs'

await ensureInstalled()
await ensureWeb()
process.exitCode = await runUnderNode26('packages/server/src/main.ts', ['run', ...process.argv.slice(2)])
