// The steps that check and test share: format and lint, types, and which test files exist.
import { relative } from 'node:path'
import { filesBelow } from './files.mjs'
import { captureTool } from './node26.mjs'
import { inRoot, root } from './root.mjs'

/** Format, lint and types, each counted as one test. */
export async function runStaticChecks(report) {
  await timed(report, 'format and lint', () => captureTool('@biomejs/biome', 'biome', ['check', '.']))
  await timed(report, 'types', () =>
    captureTool('typescript', 'tsc', ['-p', 'tsconfig.json', '--pretty', 'false']),
  )
  const web = ['-p', 'packages/web/tsconfig.json', '--pretty', 'false']
  await timed(report, 'types of the console', () => captureTool('typescript', 'tsc', web))
}

/** Runs one step and reports it with its time. */
export async function timed(report, name, step) {
  const startedAt = Date.now()
  report.step(name, await step(), Date.now() - startedAt)
}

/** Unit tests: beside the code, in every package but the console, whose tests run in Vitest. */
export function unitTests() {
  const files = filesBelow(inRoot('packages')).filter((file) => /\/src\/.*\.test\.ts$/.test(file))
  return files.filter((file) => !inWeb(file))
}

/** Tests across packages. */
export const wideTests = () => filesBelow(inRoot('test')).filter((file) => file.endsWith('.test.ts'))

/** Tests of the console's pages and helpers. */
export function webTests() {
  return filesBelow(inRoot('packages/web/src')).filter((file) => /\.test\.tsx?$/.test(file))
}

/** Those whose path contains one of the words; all, without words. */
export function matching(files, words) {
  if (words.length === 0) return files
  return files.filter((file) => words.some((word) => relative(root, file).includes(word)))
}

const inWeb = (file) => relative(root, file).startsWith('packages/web/')
