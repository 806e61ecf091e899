// The thread that looks into content, so that no message keeps the one that speaks SMTP from doing so.
import { parentPort } from 'node:worker_threads'
import { parseMime } from '@gatepost/mail/mime.ts'
import { readBytes } from '#platform/files.ts'
import { inspectContent } from './inspect.ts'
import type { InspectionJob, InspectionResult } from './inspection-wire.ts'
import { scoreSpam } from './scorer.ts'

parentPort?.on('message', (job: InspectionJob) => {
  parentPort?.postMessage(answer(job))
})

/** A fault of ours with one message is told, and the next message is looked at. */
function answer({ id, source, work }: InspectionJob): InspectionResult {
  try {
    const octets = source.kind === 'memory' ? source.octets : readBytes(source.path)
    if (octets === null) return { id, kind: 'failed', why: 'the content cannot be read' }
    const mime = parseMime(octets)
    return work.kind === 'inspect'
      ? { id, kind: 'inspected', inspection: inspectContent(octets, mime, work.limits) }
      : { id, kind: 'scored', spam: scoreSpam?.({ octets, mime, about: work.about }) ?? null }
  } catch (error) {
    return { id, kind: 'failed', why: error instanceof Error ? error.message : String(error) }
  }
}
