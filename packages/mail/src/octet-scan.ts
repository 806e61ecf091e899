// Searches every octet of a message sixteen at a time: for line ends that are none, for lines that start with
// a dot, for lines that start with a word. Native searches stop at every line, and a message has thousands.

const CR = 13
const LF = 10
const DOT = 46
/** Below this the copy and the call cost more than the search. */
const SHORT = 256
/** Octets searched at a time, about one read of a connection. */
export const SCAN_OCTETS_MAX = 65_536

/** Searches from an offset on; gives the length of what is searched where nothing more is found. */
export type Search = (from: number) => number

/**
 * Finds the places in these octets (at most `SCAN_OCTETS_MAX`) where an octet and the one behind it do not
 * belong into lines that end in CRLF and start without a dot: CR without LF, LF without CR (the place is that
 * of the octet before LF), LF and dot. The last octet has none behind it, so it is never found; nor is an LF
 * at `from`, but for a dot behind it. One search at a time: it ends when another begins.
 */
export function oddPairsIn(octets: Uint8Array): Search {
  return searchFor(octets, null)
}

/** Whether any octets but plain lines are there, as `oddPairsIn` tells them; of any length. */
export function holdsOddPair(octets: Uint8Array): boolean {
  return blocksOf(octets, (block) => oddPairsIn(block)(0) < block.length)
}

/** Whether a line starts with this ASCII text; of any length. */
export function holdsLineOf(octets: Uint8Array, text: string): boolean {
  if (startsWith(octets, 0, text)) return true
  const second = text.charCodeAt(0)
  return blocksOf(octets, (block, start) => {
    const search = searchFor(block, [LF, second])
    for (let at = search(0); at < block.length; at = search(at + 1)) {
      if (startsWith(octets, start + at + 1, text)) return true
    }
    return false
  })
}

/** Blocks overlap by one octet, because the last of each has none behind it. */
function blocksOf(octets: Uint8Array, isFound: (block: Uint8Array, start: number) => boolean): boolean {
  if (octets.length <= SCAN_OCTETS_MAX) return isFound(octets, 0)
  for (let start = 0; start < octets.length - 1; start += SCAN_OCTETS_MAX - 1) {
    if (isFound(octets.subarray(start, start + SCAN_OCTETS_MAX), start)) return true
  }
  return false
}

function startsWith(octets: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (octets[at + i] !== text.charCodeAt(i)) return false
  return true
}

type Pair = readonly [first: number, second: number]

function searchFor(octets: Uint8Array, pair: Pair | null): Search {
  const { length } = octets
  if (length >= SHORT && machine === undefined) machine = openMachine()
  if (length < SHORT || !machine) return (from) => plainSearch(octets, from, pair)
  const { memory, oddPair, anyPair } = machine
  memory.set(octets)
  // Octets behind the last one are those of an earlier search.
  const last = length - 1
  return (from) => {
    const at = pair === null ? oddPair(from, last) : anyPair(from, last, pair[0], pair[1])
    return at < last ? at : length
  }
}

function plainSearch(octets: Uint8Array, from: number, pair: Pair | null): number {
  for (let at = from; at < octets.length - 1; at++) {
    const first = octets[at]!
    const second = octets[at + 1]!
    if (pair === null) {
      if ((first === CR) !== (second === LF) || (first === LF && second === DOT)) return at
    } else if (first === pair[0] && second === pair[1]) return at
  }
  return octets.length
}

type Machine = {
  readonly memory: Uint8Array
  /** The first place from `from` on, `last` or beyond it where there is none. */
  readonly oddPair: (from: number, last: number) => number
  readonly anyPair: (from: number, last: number, first: number, second: number) => number
}

/** Null where WebAssembly is not to be had, as in a page whose policy forbids it. */
let machine: Machine | null | undefined

/** What we need of it; its types come with browsers' alone. */
type Engine = {
  readonly Module: new (program: Uint8Array) => object
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer }
      readonly oddPair: Machine['oddPair']
      readonly anyPair: Machine['anyPair']
    }
  }
}

function openMachine(): Machine | null {
  const engine = (globalThis as { readonly WebAssembly?: Engine }).WebAssembly
  if (engine === undefined) return null
  try {
    const { memory, oddPair, anyPair } = new engine.Instance(new engine.Module(programOctets())).exports
    return { memory: new Uint8Array(memory.buffer), oddPair, anyPair }
  } catch {
    return null
  }
}

/*
 * Both functions, as instructions of the WebAssembly specification (§5, with fixed-width SIMD):
 *
 *   loop
 *     if from >= last: return from
 *     here = 16 octets at from, next = 16 octets at from + 1
 *     if any of found(here, next): return from + the number of the first
 *     from += 16
 */
const I32 = 0x7f
const V128 = 0x7b
const VOID = 0x40
const END = 0x0b
const RETURN = 0x0f
const simd = (code: number) => [0xfd, code]
const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const constant = (value: number) => [0x41, value] // Below 64: one octet.
const SPLAT = simd(0x0f)
const EQUAL = simd(0x23)
const AND = simd(0x4e)
const OR = simd(0x50)
const XOR = simd(0x51)
const ANY_TRUE = simd(0x53)
const BITMASK = simd(0x64)
const load = (offset: number) => [...simd(0x00), 0, offset] // Not aligned.
const [FROM, LAST] = [0, 1]

function programOctets(): Uint8Array<ArrayBuffer> {
  const is = (local: number, value: readonly number[]) => [...get(local), ...value, ...SPLAT, ...EQUAL]
  const odd = ([here, next]: readonly number[]) => [
    ...is(here!, constant(CR)),
    ...is(next!, constant(LF)),
    ...XOR,
    ...is(here!, constant(LF)),
    ...is(next!, constant(DOT)),
    ...AND,
    ...OR,
  ]
  const any = ([here, next]: readonly number[]) => [...is(here!, get(2)), ...is(next!, get(3)), ...AND]
  const types = [functionType(2), functionType(4)]
  const pages = Math.ceil(SCAN_OCTETS_MAX / 65_536) + 1
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [types.length, ...types.flat()]),
    ...section(3, [2, 0, 1]),
    ...section(5, [1, 0x00, pages]),
    ...section(7, [3, ...named('memory', [2, 0]), ...named('oddPair', [0, 0]), ...named('anyPair', [0, 1])]),
    ...section(10, [2, ...body(2, odd), ...body(4, any)]),
  ])
}

function body(parameters: number, found: (locals: readonly number[]) => number[]): number[] {
  const [here, next, hits] = [parameters, parameters + 1, parameters + 2]
  const code = [
    ...[1, 3, V128],
    ...[0x03, VOID], // loop
    ...[...get(FROM!), ...get(LAST!), 0x4f, 0x04, VOID, ...get(FROM!), RETURN, END], // from >= last
    ...[...get(FROM!), ...load(0), ...set(here!), ...get(FROM!), ...load(1), ...set(next!)],
    ...[...found([here!, next!]), ...set(hits!)],
    ...[...get(hits!), ...ANY_TRUE, 0x04, VOID],
    ...[...get(FROM!), ...get(hits!), ...BITMASK, 0x68, 0x6a, RETURN, END], // from + count of trailing zeros
    ...[...get(FROM!), ...constant(16), 0x6a, ...set(FROM!)],
    ...[0x0c, 0x00, END, 0x00, END], // Again; nothing comes behind the loop.
  ]
  return sized(code)
}

function functionType(parameters: number): number[] {
  return [0x60, parameters, ...new Array<number>(parameters).fill(I32), 1, I32]
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)]
}

function named(name: string, what: readonly number[]): number[] {
  return [name.length, ...[...name].map((letter) => letter.charCodeAt(0)), ...what]
}

/** Lengths are LEB128; none here needs more than two octets. */
function sized(content: readonly number[]): number[] {
  const { length } = content
  return [...(length < 128 ? [length] : [(length & 127) | 128, length >> 7]), ...content]
}
