// V8's compiled code is kept: the second start need not strip types and compile again, which also spares each
// thread the memory of the stripper. Beside the code where we may write there, so that every data folder of
// an installation shares it; else in the data folder.
import { accessSync, constants, existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join, resolve } from 'node:path'

/** The installation's folder for what can be made again. */
const MODULES = join(import.meta.dirname, '..', '..', '..', '..', 'node_modules')

/** Where compiled code is kept. */
export function compileCacheOf(dataFolder: string): string {
  return besideTheCode() ?? join(resolve(dataFolder), 'cache')
}

/**
 * Uses compiled code from here on. Without a folder beside the code, before the first start there is no data
 * folder either, and it is not for this to make it; a folder that only the configuration file names is not
 * known so early, and then a start takes longer, no more.
 */
export function useCompileCache(dataFolder: string): void {
  if (besideTheCode() !== null || existsSync(dataFolder)) enableCompileCache(compileCacheOf(dataFolder))
}

/** Null where the code belongs to somebody else, as it should on a server. */
function besideTheCode(): string | null {
  try {
    accessSync(MODULES, constants.W_OK)
    return join(MODULES, '.cache', 'gatepost')
  } catch {
    return null
  }
}
