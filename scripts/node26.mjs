// Runs a file of the repository under Node 26: `node scripts/node26.mjs FILE [arguments]`.
import { ensureInstalled } from './lib/install.mjs'
import { runUnderNode26 } from './lib/node26.mjs'
import { giveUp } from './lib/root.mjs'

const [file, ...args] = process.argv.slice(2)
if (file === undefined) giveUp('no file named. Usage: node scripts/node26.mjs FILE [arguments]')
await ensureInstalled()
process.exitCode = await runUnderNode26(file, args)
