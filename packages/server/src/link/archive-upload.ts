// A message on its way to the archive, over the link: one line of JSON that says what it is, then its octets
// (decisions 32). The same shapes on both sides.
import * as z from 'zod'
import type { LinkClient } from './client.ts'
import { linkPaths } from './protocol.ts'

/** A large message on a busy disk; later than that the upload is begun anew. */
const UPLOAD_MS_MAX = 120_000
/** 3,000 recipients take some 200 KB; a line above it is a mistake. */
const LINE_BYTES_MAX = 16_000_000

export const UploadShape = z.object({
  /** Id of the message in the spool: a second upload of it is answered like the first. */
  delivery: z.string().min(1).max(200),
  tenantId: z.string().min(1).max(100),
  /** A report is no matter of the archive: its people learn from it. */
  as: z.enum(['gateway', 'journal', 'report']),
  direction: z.enum(['inbound', 'outbound']),
  reversePath: z.string().nullable(),
  forwardPaths: z.array(z.string()),
  isHeld: z.boolean(),
  receivedAt: z.int(),
  size: z.int().min(0),
})
export type Upload = z.infer<typeof UploadShape>

/** What the archive gets. */
export type ArchivedUpload = Upload & { readonly as: 'gateway' | 'journal' }

/** Who keeps what comes. Null: this archive does not exist any more. */
export type ArchiveSink = {
  take(upload: ArchivedUpload, chunks: AsyncIterable<Uint8Array>): Promise<unknown | null>
}

/** Who learns from what people report. */
export type ReportedMailSink = {
  take(upload: Upload, chunks: AsyncIterable<Uint8Array>): Promise<void>
}

/**
 * The first line of an upload, and an iteration over the octets behind it. Throws ZodError or SyntaxError.
 */
export async function readUpload(
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly upload: Upload; readonly chunks: AsyncIterable<Uint8Array> }> {
  const source = body[Symbol.asyncIterator]()
  let line: Buffer = Buffer.alloc(0)
  for (;;) {
    const { value, done } = await source.next()
    if (done === true) throw new SyntaxError('an upload ended within its first line')
    const end = value.indexOf(10)
    if (line.length + value.length > LINE_BYTES_MAX && end < 0) {
      throw new SyntaxError('the first line of an upload is too long')
    }
    line = Buffer.concat([line, end < 0 ? value : value.subarray(0, end)])
    if (end < 0) continue
    const upload = UploadShape.parse(JSON.parse(line.toString('utf8')))
    return { upload, chunks: behind(value.subarray(end + 1), source) }
  }
}

async function* behind(first: Uint8Array, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first
  for (;;) {
    const { value, done } = await source.next()
    if (done === true) return
    yield value
  }
}

const Kept = z.object({ kept: z.boolean() })

/** The edge's end: brings a message and resolves once control has it on disk. */
export function archiveUploader(client: LinkClient, signal: AbortSignal) {
  return async (upload: Upload, chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    const body = { line: JSON.stringify(upload), chunks }
    const { status, text } = await client.upload(linkPaths.archive, body, {
      timeoutMs: UPLOAD_MS_MAX,
      signal,
    })
    if (status !== 200) throw new Error(`archive: ${status} ${text.slice(0, 200)}`)
    Kept.parse(JSON.parse(text))
  }
}
