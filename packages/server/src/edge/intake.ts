// What takes octets off the connection that are no commands: the content of DATA and the chunks of BDAT.
import type { Reply } from '@gatepost/mail/reply.ts'

export type Intake = {
  /** Takes octets; returns those behind its end, or null while it wants more. */
  take(octets: Uint8Array): Uint8Array | null
  /** Not null when nothing more should be read until it resolves: the disk is behind. */
  wait(): Promise<void> | null
  /** The end was reached: the reply. Called once. */
  end(): Reply | Promise<Reply>
  /** The connection is gone before the end. */
  discard(): void
  /** Nothing of it is kept: its octets are no reason to wait for more of them. */
  readonly isRefused?: true
}

/** Reads a refused chunk's octets away, so that they are never read as commands (reliability §3, case 6). */
export function swallow(size: number, reply: Reply): Intake {
  let left = size
  return {
    take(octets) {
      if (octets.length < left) {
        left -= octets.length
        return null
      }
      const rest = octets.subarray(left)
      left = 0
      return rest
    },
    wait: () => null,
    end: () => reply,
    discard: () => undefined,
    isRefused: true,
  }
}
