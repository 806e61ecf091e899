// What the row of a message keeps of its report for those who open it. Nobody read it whole when it came.
import { wholeReport } from '#link/report-whole.ts'
import type { AcceptedReport, RefusedReport } from '#link/reports.ts'

/** What a message's page needs besides the columns. */
export type MessageBody = Pick<
  AcceptedReport,
  'client' | 'explanation' | 'facts' | 'messageIdField' | 'origin'
> & {
  readonly reply: RefusedReport['reply'] | null
  readonly settingsRevision: number | null
  readonly recipients: readonly Pick<
    AcceptedReport['recipients'][number],
    'forwardPath' | 'explanation' | 'facts' | 'message' | 'held'
  >[]
}

/** Of a row whose report could not be read: it has its columns. */
const NOTHING: MessageBody = {
  client: null,
  explanation: [],
  facts: {},
  messageIdField: null,
  origin: 'smtp',
  reply: null,
  settingsRevision: null,
  recipients: [],
}

/** Reads the body of a row; rows of before 22 November 2026 hold it in its long form. */
export function bodyOf(text: string): MessageBody {
  const stored: unknown = JSON.parse(text)
  const whole = wholeReport(stored) as AcceptedReport | RefusedReport | null
  if (whole === stored && Array.isArray((whole as Partial<MessageBody>).recipients)) {
    return whole as unknown as MessageBody
  }
  if (whole === null || whole === stored) return NOTHING
  const { client, explanation, facts, messageIdField, settingsRevision } = whole
  const common = { client, explanation, facts, messageIdField, settingsRevision }
  if (whole.kind === 'accepted') {
    const { origin, recipients } = whole
    return { ...common, origin, recipients, reply: null }
  }
  const { forwardPath, reply } = whole
  const recipients = forwardPath === null ? [] : [{ forwardPath, explanation: [], facts: {} }]
  return { ...common, origin: 'smtp', recipients, reply }
}
