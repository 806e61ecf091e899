// Counts by folder how many words of the console's pages stand in a catalogue and how many in the code.
// `node scripts/node26.mjs scripts/words.mjs`; a folder behind it names the words that stand in its code.
import { readFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { literalsOf } from '../packages/web/src/i18n/literals.ts'
import { filesBelow } from './lib/files.mjs'
import { inRoot, say } from './lib/root.mjs'

const source = inRoot('packages/web/src')
const shown = process.argv[2]
const folders = new Map()
for (const file of filesBelow(source).filter((path) => /(?<!\.test)\.tsx$/.test(path))) {
  const text = readFileSync(file, 'utf8')
  const own = literalsOf(text)
  const translated = [...text.matchAll(/\b(?:t|words|connectWords)\(\s*['`]/g)].length
  const path = relative(source, file)
  const folder = dirname(path)
  const sum = folders.get(folder) ?? { translated: 0, own: 0 }
  folders.set(folder, { translated: sum.translated + translated, own: sum.own + own.length })
  if (shown !== undefined && path.startsWith(shown)) for (const words of own) say(`${path}: ${words}`)
}
for (const [folder, { translated, own }] of [...folders].sort(([one], [other]) => one.localeCompare(other))) {
  const share = translated + own === 0 ? 100 : Math.round((100 * translated) / (translated + own))
  say(`${folder.padEnd(28)} ${String(share).padStart(3)} %  ${translated} in catalogues, ${own} in code`)
}
