// Runs every dialog: SMTP sessions written down, against a real edge in a made-up world. The language is in
// README.md.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runDialog } from './run.ts'

const folder = import.meta.dirname

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.dialog'))
  .sort()) {
  const text = readFileSync(join(folder, file), 'utf8')
  const title = /^# (.*)/.exec(text)?.[1] ?? file
  test(`${file}: ${title}`, { timeout: 240_000 }, () => runDialog(text))
}
