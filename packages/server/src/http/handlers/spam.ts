// Answers for spam lessons.
import * as contract from '@gatepost/contract/spam.ts'
import { listSpamLessons, spamLearning, teachSpam, unteachSpam } from '#control/screening/learn.ts'
import { reportMessage } from '#control/screening/report-delivered.ts'
import { listMailReports, reportAddresses } from '#control/screening/reports.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function spamBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listSpamLessons, (request) => listSpamLessons(scopeOf(request), request.query, deps)),
    on(contract.getSpamLearning, async (request) => {
      const scope = scopeOf(request)
      return { ...(await spamLearning(scope, deps)), reportTo: await reportAddresses(scope, deps) }
    }),
    on(contract.listMailReports, (request) => listMailReports(scopeOf(request), request.query, deps)),
    on(contract.learnSpam, ({ body: { kind, content }, ...request }) => {
      const teaching = { kind, origin: 'command', content: Buffer.from(content, 'base64') } as const
      return teachSpam(scopeOf(request), teaching, deps)
    }),
    on(contract.reportSpam, ({ params, body: { kind }, ...request }) =>
      reportMessage(scopeOf(request), { messageId: params.message, kind }, deps),
    ),
    on(contract.unlearnSpam, async (request) => {
      await unteachSpam(scopeOf(request), request.params.lesson, deps)
      return {}
    }),
  ]
}
