// A message in hand as a letter: its content comes from memory, from its row, or streamed from its file.
import { CONTENT_IN_ROW_BYTES_MAX, type DueRecipient } from '#spool/spool.ts'
import type { InHand } from './in-hand.ts'
import type { Letter } from './smtp-client.ts'
import { wireContent, wireStream } from './wire-content.ts'

/** The letter for some recipients of a message. */
export function letterOf(message: InHand, recipients: readonly DueRecipient[]): Letter {
  const { envelope, chunks } = message
  return {
    envelope,
    recipients,
    content: async () => {
      if (chunks !== null) return wireContent(envelope, chunks)
      const { spool } = message.source
      if (envelope.size > CONTENT_IN_ROW_BYTES_MAX)
        return wireStream(envelope, spool.readContent(envelope.id, { reuse: true }))
      const read: Uint8Array[] = []
      for await (const chunk of spool.readContent(envelope.id)) read.push(chunk)
      return wireContent(envelope, read)
    },
  }
}

/**
 * The start of the content as it was received, for DSNs: up to one byte more than `max`, which tells that it
 * is longer.
 */
export async function originalOf(message: InHand, max: number): Promise<Uint8Array> {
  const { envelope, chunks } = message
  const parts: Uint8Array[] = []
  let length = 0
  const source = chunks ?? message.source.spool.readContent(envelope.id)
  for await (const chunk of source) {
    parts.push(chunk)
    length += chunk.length
    if (length > max) break
  }
  return Buffer.concat(parts).subarray(0, max + 1)
}
