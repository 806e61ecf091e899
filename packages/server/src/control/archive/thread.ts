// A thread of the archive: one enters what comes, one answers searches, one goes through everything. Reading
// messages and sealing them is work that must not hold up the console.
import { parentPort, workerData } from 'node:worker_threads'
import { ContentMissing } from '#platform/content-files.ts'
import { check } from './check.ts'
import { openContentStore } from './content-store.ts'
import { IndexLater } from './index-later.ts'
import { Intake } from './intake.ts'
import { Ledger } from './ledger.ts'
import { MonthFiles } from './month-file.ts'
import { keysOf, type Prepared, prepare } from './prepare.ts'
import { purge } from './purge.ts'
import { archiveKeys, ContentSpoiled } from './seal.ts'
import { countFound, dayCounts, entryById, search, show, totals } from './search.ts'
import type { Answer, Question, ThreadStart } from './thread-wire.ts'

const start = workerData as ThreadStart
const files = new MonthFiles(start.indexFolder, start.role !== 'write')
const isReader = start.role !== 'write'
const content = openContentStore(start.content, { folder: start.indexFolder, isReader })
const ledger = new Ledger(files)
const later = new IndexLater({ files, content })
const intake = new Intake({
  files,
  content,
  ledger,
  later,
  temporaryFolder: start.temporaryFolder,
})
const port = parentPort!
/** Contents forgotten in one transaction. */
const REMOVED_AT_ONCE = 1_000

port.on('message', (question: Question) => {
  void answer(question).then(
    (value) => say({ id: question.id, value }, question.kind === 'prepare' ? sealedOf(value) : []),
    (error: unknown) => say({ id: question.id, fault: faultOf(error), error: (error as Error).message }),
  )
})

async function answer(question: Question): Promise<unknown> {
  switch (question.kind) {
    case 'prepare':
      return prepare(question)
    case 'settle':
      return intake.alone(async () => {
        await later.settle(question.tenant.tenantId, keysOf(question.tenant))
        return null
      })
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
      return intake.alone(async () => {
        // What is not indexed yet would fit no hold.
        await later.settle(question.tenant.tenantId, keysOf(question.tenant))
        return purge({ files, content, ledger }, question)
      })
    case 'destroy':
      return intake.alone(() => destroy(question.tenantId))
    case 'check': {
      const { tenant, head } = question
      const keys = archiveKeys(Buffer.from(tenant.secret, 'base64'))
      return check({ files, content, keys }, { tenantId: tenant.tenantId, head })
    }
    case 'close':
      later.close()
      await intake.alone(async () => files.close())
      await content.close()
      port.close()
      return null
  }
}

/** The key is gone already: what is removed here could not be read any more. */
async function destroy(tenantId: string): Promise<null> {
  if (start.role !== 'write') {
    files.close(tenantId)
    await content.close(tenantId)
    return null
  }
  for (const month of files.months(tenantId)) {
    const rows = files.open(tenantId, month)!.sql('select distinct digest from entry').all()
    for (let at = 0; at < rows.length; at += REMOVED_AT_ONCE) {
      const some = rows.slice(at, at + REMOVED_AT_ONCE).map(({ digest }) => String(digest))
      await content.remove(tenantId, some)
    }
  }
  await content.destroy(tenantId)
  await content.close(tenantId)
  files.remove(tenantId)
  ledger.forget(tenantId)
  return null
}

function faultOf(error: unknown): 'spoiled' | 'missing' | 'other' {
  if (error instanceof ContentSpoiled) return 'spoiled'
  return error instanceof ContentMissing ? 'missing' : 'other'
}

function sealedOf(value: unknown): readonly ArrayBuffer[] {
  return [(value as Prepared).sealed.buffer as ArrayBuffer]
}

function say(message: Answer, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, [...transfer])
}
