// Starts the tool: what the bundle and the executables begin with.
import { main } from './main.ts'

process.exitCode = await main(process.argv.slice(2))
