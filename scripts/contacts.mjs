// Builds the contacts tool's programs into .cache/contacts: the bundled script, and single executables for
// Linux and Windows. `node scripts/contacts.mjs [NAME…]`; without names the script alone. What is fresh
// stays.
import { buildPrograms } from './lib/programs.mjs'

await buildPrograms(process.argv.slice(2), {
  base: 'gatepost-contacts',
  folder: 'contacts',
  entry: 'packages/contacts-export/src/cli.ts',
  sources: ['packages/contacts-export', 'packages/contacts', 'scripts/contacts.mjs'],
})
