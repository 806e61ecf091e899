// V8's compiled code is kept in the data folder: the second start need not strip types and compile again.
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join, resolve } from 'node:path'

/** Where compiled code is kept. */
export function compileCacheOf(dataFolder: string): string {
  return join(resolve(dataFolder), 'cache')
}

/**
 * Uses compiled code from here on. Before the first start there is no data folder, and it is not for this to
 * make it; a folder that only the configuration file names is not known so early, and then a start takes
 * longer, no more.
 */
export function useCompileCache(dataFolder: string): void {
  if (existsSync(dataFolder)) enableCompileCache(compileCacheOf(dataFolder))
}
