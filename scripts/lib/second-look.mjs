// Decides which failed files are run a second time, alone: few, and only stories in a browser or beside
// programs of others (docs/decisions/0028). Everything else fails the run at once.
import { inRoot } from './root.mjs'

/** More failing stories than this are no accident of one machine's moment. */
const FILES_MAX = 2
const STORIES = ['test/journeys/', 'test/interop/']

export function createSecondLook({ max = FILES_MAX } = {}) {
  const taken = []
  return {
    /** Whether this result is set aside for a second look; a file that did not end is not. */
    takes({ name, lines, fault }) {
      const hasFailed = lines.some(({ kind }) => kind === 'fail')
      if (!hasFailed || fault !== null || taken.length >= max) return false
      if (!STORIES.some((folder) => name.startsWith(folder))) return false
      taken.push(name)
      return true
    },

    /** Absolute paths of what is to be run again. */
    files: () => taken.map((name) => inRoot(name)),
  }
}
