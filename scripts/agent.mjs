// Builds the synchronisation agent's programs into .cache/agent: the bundled script, and single executables
// for Linux and Windows. `node scripts/agent.mjs [NAME…]`; without names the script alone. What is fresh
// stays.
import { buildPrograms } from './lib/programs.mjs'

await buildPrograms(process.argv.slice(2), {
  base: 'gatepost-agent',
  folder: 'agent',
  entry: 'packages/directory-agent/src/cli.ts',
  sources: [
    'packages/directory-agent',
    'packages/directory/src',
    'packages/contract/src',
    'scripts/agent.mjs',
  ],
})
