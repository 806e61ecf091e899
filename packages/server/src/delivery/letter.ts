// A message in hand as a letter: its content comes from memory, from its row, or streamed from its file, with
// the signatures that it leaves with.
import { CONTENT_IN_ROW_BYTES_MAX, type DueRecipient } from '#spool/spool.ts'
import type { InHand } from './in-hand.ts'
import type { Letter } from './smtp-client.ts'
import type { Chunks, Stamper } from './stamp.ts'
import { wireContent, wireStream } from './wire-content.ts'

/** The letter for some recipients of a message. */
export function letterOf(
  message: InHand,
  recipients: readonly DueRecipient[],
  stamper: Stamper = () => null,
): Letter {
  const { envelope, chunks } = message
  const stampOn = async (content: Chunks): Promise<string> => {
    message.stamp ??= stamper(envelope, content)
    if (message.stamp === null) return ''
    message.stamped = await message.stamp
    return message.stamped.fields
  }
  return {
    envelope,
    recipients,
    content: async () => {
      if (chunks !== null) return wireContent(envelope, chunks, await stampOn(chunks))
      const { spool } = message.source
      if (envelope.size > CONTENT_IN_ROW_BYTES_MAX) {
        // Read twice where it is signed: what is that large stays out of memory.
        const stamp = await stampOn(spool.readContent(envelope.id, { reuse: true }))
        return wireStream(envelope, spool.readContent(envelope.id, { reuse: true }), stamp)
      }
      const read: Uint8Array[] = []
      for await (const chunk of spool.readContent(envelope.id)) read.push(chunk)
      return wireContent(envelope, read, await stampOn(read))
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
