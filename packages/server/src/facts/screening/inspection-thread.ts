// The thread that looks into content, so that no message keeps the one that speaks SMTP from doing so.
import { parentPort } from 'node:worker_threads'
import { parseMime } from '@gatepost/mail/mime.ts'
import { readBeginning, readPiece } from '#platform/files.ts'
import { beginningOnly } from './beginning.ts'
import { findingsBehind, PIECE_OCTETS_MAX } from './behind.ts'
import { inspectContent } from './inspect.ts'
import type { InspectionJob, InspectionResult } from './inspection-wire.ts'
import { scoreSpam } from './scorer.ts'

/** Of content in a file: decisions 33 looks into 16 MiB, and memory is promised to stay bounded. */
const INSPECTED_OCTETS_MAX = 16 * 1_048_576
/** What a message says stands at its beginning. */
const SCORED_OCTETS_MAX = 1_048_576

parentPort?.on('message', (job: InspectionJob) => {
  parentPort?.postMessage(answer(job))
})

/** A fault of ours with one message is told, and the next message is looked at. */
function answer({ id, source, work }: InspectionJob): InspectionResult {
  try {
    const isInspected = work.kind === 'inspect'
    const octets =
      source.kind === 'memory'
        ? source.octets
        : readBeginning(source.path, isInspected ? INSPECTED_OCTETS_MAX : SCORED_OCTETS_MAX)
    if (octets === null) return { id, kind: 'failed', why: 'the content cannot be read' }
    const mime = parseMime(octets)
    if (!isInspected) {
      return { id, kind: 'scored', spam: scoreSpam?.({ octets, mime, about: work.about }) ?? null }
    }
    const inspection = inspectContent(octets, mime, work.limits)
    if (source.kind === 'memory' || source.size <= octets.length) return { id, kind: 'inspected', inspection }
    const { path, size } = source
    const room = new Uint8Array(PIECE_OCTETS_MAX)
    const read = (from: number, max: number) => readPiece(path, from, max, room)
    const behind = findingsBehind(read, { from: octets.length, to: size })
    return { id, kind: 'inspected', inspection: beginningOnly(inspection, behind) }
  } catch (error) {
    return { id, kind: 'failed', why: error instanceof Error ? error.message : String(error) }
  }
}
