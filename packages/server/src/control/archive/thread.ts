// A thread of the archive: one enters what comes, one answers searches, one goes through everything. Reading
// messages and sealing them is work that must not hold up the console.
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { ContentMissing } from '#platform/content-files.ts'
import { check } from './check.ts'
import { openContentStore } from './content-store.ts'
import { Intake } from './intake.ts'
import { Ledger } from './ledger.ts'
import { MonthFiles } from './month-file.ts'
import { purge } from './purge.ts'
import { archiveKeys, ContentSpoiled } from './seal.ts'
import { countFound, dayCounts, entryById, search, show, totals } from './search.ts'
import type { Answer, Question, ThreadStart } from './thread-wire.ts'

const start = workerData as ThreadStart
const files = new MonthFiles(start.indexFolder, start.role !== 'write')
const content = openContentStore(start.content)
const ledger = new Ledger(files)
const intake = new Intake({ files, content, ledger, temporaryFolder: join(start.temporaryFolder) })
const port = parentPort!

port.on('message', (question: Question) => {
  void answer(question).then(
    (value) => say({ id: question.id, value }),
    (error: unknown) => say({ id: question.id, fault: faultOf(error), error: (error as Error).message }),
  )
})

async function answer(question: Question): Promise<unknown> {
  switch (question.kind) {
    case 'take':
      return intake.take(question)
    case 'grow-begin':
      return intake.begin(question)
    case 'grow-chunk':
      return intake.grow(question)
    case 'grow-end':
      return intake.end(question)
    case 'grow-discard':
      return intake.discard(question.upload)
    case 'search':
      return search({ files, content }, question)
    case 'count':
      return countFound(files, question)
    case 'entry':
      return entryById(files, question)
    case 'show':
      return show(content, question)
    case 'totals':
      return totals(files, question.tenantId)
    case 'days':
      return dayCounts(files, question)
    case 'purge':
      return intake.alone(() => purge({ files, content, ledger }, question))
    case 'destroy':
      return intake.alone(() => destroy(question.tenantId))
    case 'check': {
      const { tenant, head } = question
      const keys = archiveKeys(Buffer.from(tenant.secret, 'base64'))
      return check({ files, content, keys }, { tenantId: tenant.tenantId, head })
    }
    case 'close':
      await intake.alone(async () => files.close())
      port.close()
      return null
  }
}

/** The key is gone already: what is removed here could not be read any more. */
async function destroy(tenantId: string): Promise<null> {
  if (start.role !== 'write') {
    files.close(tenantId)
    return null
  }
  for (const month of files.months(tenantId)) {
    const rows = files.open(tenantId, month)!.sql('select distinct digest from entry').all()
    for (const { digest } of rows) await content.remove(`${tenantId}/${digest}`)
  }
  files.remove(tenantId)
  ledger.forget(tenantId)
  return null
}

function faultOf(error: unknown): 'spoiled' | 'missing' | 'other' {
  if (error instanceof ContentSpoiled) return 'spoiled'
  return error instanceof ContentMissing ? 'missing' : 'other'
}

function say(message: Answer): void {
  port.postMessage(message)
}
