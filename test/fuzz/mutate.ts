// Makes inputs out of valid ones: most faults lie one wrong byte away from what is right.
import type { Random } from './random.ts'

/** Bytes that mean something to the formats tested, and some that should not. */
const SPECIAL = Buffer.from('\r\n\0\t .,:;@<>()[]"\\=?+-_*%&\x7f\x80\xff\xc3\xad', 'latin1')
const INPUT_MAX = 100_000

/** A copy of one of the seeds with a few random changes; now and then a very long one. */
export function mutated(seeds: readonly Buffer[], words: readonly Buffer[], random: Random): Buffer {
  let bytes: Buffer = Buffer.from(random.pick(seeds))
  const changes = 1 + random.below(6)
  for (let i = 0; i < changes; i++) bytes = changedOnce(bytes, words, random)
  if (random.oneIn(200)) bytes = repeated(bytes, random)
  return bytes.length > INPUT_MAX ? bytes.subarray(0, INPUT_MAX) : bytes
}

function changedOnce(bytes: Buffer, words: readonly Buffer[], random: Random): Buffer {
  const at = random.below(bytes.length + 1)
  const end = Math.min(bytes.length, at + 1 + random.below(8))
  switch (random.below(7)) {
    case 0:
      return spliced(bytes, at, at, Buffer.of(random.below(256)))
    case 1:
      return spliced(bytes, at, at, Buffer.of(random.pick([...SPECIAL])))
    case 2:
      return spliced(bytes, at, end, Buffer.alloc(0))
    case 3:
      return spliced(bytes, at, at, random.pick(words))
    case 4:
      return spliced(bytes, at, at, bytes.subarray(at, end))
    case 5:
      return spliced(bytes, at, Math.min(at + 1, bytes.length), Buffer.of(random.pick([...SPECIAL])))
    default:
      return spliced(bytes, at, bytes.length, random.pick(words))
  }
}

function spliced(bytes: Buffer, start: number, end: number, middle: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, start), middle, bytes.subarray(end)])
}

/** A piece of the input, thousands of times: what takes more than linear time shows itself. */
function repeated(bytes: Buffer, random: Random): Buffer {
  const start = random.below(bytes.length + 1)
  const piece = bytes.subarray(start, start + 1 + random.below(12))
  if (piece.length === 0) return bytes
  const times = Math.floor(INPUT_MAX / piece.length)
  return Buffer.concat([
    bytes.subarray(0, start),
    Buffer.alloc(times * piece.length, piece),
    bytes.subarray(start),
  ])
}
