// The version of this Gatepost, as its package says.
import { fileURLToPath } from 'node:url'
import { readText } from './files.ts'

/** Such as `0.1.0`. */
export function gatepostVersion(): string {
  const text = readText(fileURLToPath(new URL('../../package.json', import.meta.url)))
  return String(JSON.parse(text ?? '{"version":"unknown"}').version)
}
