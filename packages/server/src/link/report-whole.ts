// Puts steps and facts back into reports that crossed in their short form.
import { unpackFacts, unpackSteps } from './report-text.ts'

type Parts = { readonly [name: string]: unknown }

/**
 * A parsed report with steps and facts in their places; one that came in the long form stays as it is. Null
 * where `kept` is not what it should be. The shape of the rest is for others to judge.
 */
export function wholeReport(parsed: unknown): unknown {
  if (!isObject(parsed) || !('kept' in parsed)) return parsed
  const { kept, rules: _rules, ...report } = parsed
  if (!Array.isArray(kept)) return null
  const [steps, facts, ...own] = kept as readonly unknown[]
  const common = judgedBy(steps, facts)
  if (common === null) return null
  if (!Array.isArray(report.recipients)) return { ...report, ...common }
  const recipients: unknown[] = []
  for (const [at, recipient] of report.recipients.entries()) {
    const whole = wholeRecipient(recipient, own[at])
    if (whole === null) return null
    recipients.push(whole)
  }
  return { ...report, recipients, ...common }
}

function wholeRecipient(recipient: unknown, own: unknown): Parts | null {
  if (!isObject(recipient) || !Array.isArray(own)) return null
  const [steps, facts, verdict, messageSteps, messageFacts] = own as readonly unknown[]
  const judged = judgedBy(steps, facts)
  if (judged === null) return null
  if (verdict === undefined) return { ...recipient, ...judged }
  const message = judgedBy(messageSteps, messageFacts)
  return message && { ...recipient, ...judged, message: { verdict, ...message } }
}

function judgedBy(steps: unknown, facts: unknown): Parts | null {
  const explanation = unpackSteps(steps)
  const gathered = unpackFacts(facts)
  return explanation && gathered && { explanation, facts: gathered }
}

function isObject(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
