// Whole lines out of a file, piece by piece: a piece ends where a line does, so that reading can go on there.
import type { Files } from './source.ts'

/** A line longer than this is none of a log's or a mailbox's; it is cut there. */
const LINE_OCTETS_MAX = 4 * 1024 * 1024

/** Lines from an offset, about `max` octets of them, without their ends; and where the next piece begins. */
export async function readLines(
  files: Pick<Files, 'slice'>,
  path: string,
  { from, max }: { readonly from: number; readonly max: number },
): Promise<{ readonly lines: readonly string[]; readonly offset: number }> {
  for (let size = max; ; size *= 2) {
    const octets = await files.slice(path, from, size)
    const isEnd = octets.length < size
    const lastBreak = octets.lastIndexOf(10)
    if (!isEnd && lastBreak === -1 && size < LINE_OCTETS_MAX) continue
    const whole = isEnd || lastBreak === -1 ? octets.length : lastBreak + 1
    const text = new TextDecoder().decode(octets.subarray(0, whole))
    const lines = text.split(/\r?\n/)
    if (lines.at(-1) === '') lines.pop()
    return { lines, offset: from + whole }
  }
}
