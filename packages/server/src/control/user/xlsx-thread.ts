// Reads one workbook in a thread of its own, which may be ended: memory has its limit here.
import { parentPort, workerData } from 'node:worker_threads'
import type { XlsxAnswer, XlsxWork } from './xlsx.ts'
import { readRows } from './xlsx-rows.ts'

const port = parentPort
if (port === null) throw new Error('this file runs as a thread')
readRows(workerData as XlsxWork).then(
  (answer) => port.postMessage(answer),
  (error: unknown) => {
    const reason = error instanceof Error ? error.message : 'It is damaged.'
    port.postMessage({ kind: 'damaged', reason } satisfies XlsxAnswer)
  },
)
