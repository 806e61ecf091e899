// What the documentation tells people to type is what the command line takes: every command, argument and
// flag.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { BACKUP_FORMAT } from '@gatepost/contract/operations.ts'
import { loadBootConfig } from '#boot/config.ts'
import { systemClock } from '#platform/clock.ts'
import { readFolder, readText } from '#platform/files.ts'
import { SCHEMA_VERSION } from '#spool/database.ts'
import { TRACKING_FORMAT } from '#store/tracking-schema.ts'
import { newestMigration } from '#supervisor/preflight.ts'
import type { Call } from './client.ts'
import { groupHelp } from './help.ts'
import { run } from './main.ts'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const CONFIG = loadBootConfig({ env: new Map(), file: null })
/** They would write: into the data folder, or the pages themselves. */
const NOT_TRIED = /^(run|restore|reference)\b/

const pages = new Map([
  ['README.md', readText(`${ROOT}/README.md`) ?? ''],
  ...[...readFolder(`${ROOT}/docs`)].map(([name, bytes]) => [`docs/${name}`, String(bytes)] as const),
])

/** What stands behind `gatepost` in a line, as a shell would take it apart. */
function wordsOf(line: string): string[] {
  const typed = line.replace(/\s#.*$/, '').replace(/\s[<>|].*$/, '')
  return [...typed.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
}

/** Lines of code blocks that call it; a backslash at the end goes on. */
function typedIn(text: string): readonly string[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n')
  return lines.flatMap((line) => {
    const found = /^(?:\s*|\s*(?:GATEPOST_\w+=\S+ )?npm run (?:-s )?)gatepost (?:-- )?([a-z].*)$/.exec(line)
    return found?.[1] === undefined ? [] : [found[1].trim()]
  })
}

async function complaintOf(words: readonly string[]): Promise<string | null> {
  const call = (() => Promise.reject(new Error('far enough'))) as Call
  let said = ''
  const listen = (text: string): void => {
    said += text
  }
  const code = await run(words, {
    config: CONFIG,
    call,
    clock: systemClock,
    print: listen,
    printError: listen,
  })
  return code === 2 ? (said.split('\n')[0] ?? '') : null
}

for (const [name, text] of pages) {
  if (!name.endsWith('.md') || name.startsWith('docs/reference/')) continue
  const typed = typedIn(text).filter((line) => !NOT_TRIED.test(line) && !/ is | and /.test(line))
  if (typed.length === 0) continue
  test(`${name} tells commands that exist`, async () => {
    for (const line of typed) assert.equal(await complaintOf(wordsOf(line)), null, line)
  })
}

test('commands that are named within a sentence exist', () => {
  for (const [name, text] of pages) {
    for (const [, words = ''] of text.matchAll(/`gatepost ((?!--)[a-z][a-z-]*(?: [a-z][a-z-]*)?)/g)) {
      const named = words.replace(/^help ?/, '')
      if (named === '') continue
      const group = groupHelp(named.split(' ')[0] ?? '') ?? ''
      assert.ok(group.includes(`gatepost ${named}`), `${name}: gatepost ${words}`)
    }
  }
})

test('the schemas that the page about updates tells are those of this release', () => {
  const row = `| ${newestMigration()} | ${SCHEMA_VERSION} | ${TRACKING_FORMAT} | ${BACKUP_FORMAT} |`
  assert.ok((pages.get('docs/upgrading/v0.1.md') ?? '').includes(row), row)
})
