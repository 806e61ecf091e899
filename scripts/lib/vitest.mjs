// Runs the console's tests in Vitest and turns its JSON into the lines that the report reads.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { captureTool } from './node26.mjs'
import { inRoot, root } from './root.mjs'

/** Runs the given files of packages/web and hands each file's result to the report. */
export async function runVitest(files, report) {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-vitest-'))
  const outputFile = join(folder, 'results.json')
  const args = ['run', '--reporter=json', `--outputFile=${outputFile}`, ...files]
  const { code, output } = await captureTool('vitest', 'vitest', args, { cwd: inRoot('packages/web') })
  const results = existsSync(outputFile) ? JSON.parse(readFileSync(outputFile, 'utf8')).testResults : []
  rmSync(folder, { recursive: true, force: true })
  for (const result of results) report.file(fileResultOf(result))
  if (results.length > 0 && (code === 0 || results.some(({ status }) => status === 'failed'))) return
  report.step('vitest', { code: code === 0 ? 1 : code, output: `${output}\nNo results came back.` }, 0)
}

function fileResultOf({ name, assertionResults, status, message, startTime, endTime }) {
  const lines = assertionResults.map(lineOf)
  const reported = lines.some(({ kind }) => kind === 'fail')
  return {
    name: relative(root, name),
    lines,
    output: '',
    fault: status === 'failed' && !reported ? `failed: ${message}` : null,
    ms: Math.round(endTime - startTime),
  }
}

function lineOf({ status, fullName, failureMessages }) {
  const where = { name: fullName, nesting: 0, line: null, isSuite: false }
  if (status === 'passed') return { kind: 'pass', ...where }
  if (status === 'failed') {
    return { kind: 'fail', ...where, isConsequence: false, text: failureMessages.join('\n') }
  }
  return { kind: 'skip', ...where, reason: `vitest: ${status}` }
}
