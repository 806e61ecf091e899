// Programs that customers download: taken from the shelf, at most a few at a time.
import { problem } from '../problem.ts'

/** A program: how large, or why it cannot be had. */
export type ProgramFact<Name extends string> = {
  readonly name: Name
  readonly state: 'ready' | 'on-demand' | 'unavailable'
  readonly bytes: number | null
  readonly sha256: string | null
  readonly why: string | null
}

/** Where programs lie; those that are not there yet are built when somebody takes them. */
export type ProgramShelf<Name extends string> = {
  list(): Promise<ProgramFact<Name>[]>
  /** The bytes of a program. Rejects with an `Error` whose message says why it cannot be had. */
  open(name: Name): Promise<AsyncIterable<Uint8Array>>
  /** Downloads under way. */
  readonly downloads: { count: number }
}

/** An executable is 150 MB; more downloads at once are not what this machine is for. */
const DOWNLOADS_MAX = 8

/** Throws `too-many-attempts`, and `not-found` where a program cannot be had. */
export async function takeProgram<Name extends string>(
  name: Name,
  { programs }: { readonly programs: ProgramShelf<Name> },
): Promise<AsyncIterable<Uint8Array>> {
  if (programs.downloads.count >= DOWNLOADS_MAX)
    throw problem('too-many-attempts', 'Too many downloads at this moment. Try again in a minute.', {
      retryAfterSeconds: 60,
    })
  const bytes = await programs.open(name).catch((error: unknown) => {
    throw problem('not-found', error instanceof Error ? error.message : 'The program cannot be had.')
  })
  return counted(bytes, programs.downloads)
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  open: { count: number },
): AsyncGenerator<Uint8Array> {
  open.count += 1
  try {
    yield* bytes
  } finally {
    open.count -= 1
  }
}
