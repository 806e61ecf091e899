// Ask any message (P5): an edge judges it with real facts and the settings of now, or with a draft, and
// nothing is recorded.
import { domainToASCII } from 'node:url'
import type { BodyOf, OutputOf } from '@gatepost/contract/endpoint.ts'
import type { askMessage } from '@gatepost/contract/message.ts'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { parseIp } from '@gatepost/mail/ip.ts'
import type { Explained } from '#link/explain-orders.ts'
import { newId } from '#platform/random.ts'
import type { Verdict } from '#policy/policy.ts'
import type { PolicyRule } from '#policy/rule.ts'
import { checkDraft, worldOfTenant } from '../policy/draft.ts'
import { ruleDraftOf } from '../policy/rows.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { shownFacts } from './fact-words.ts'
import { remediesOf } from './remedies.ts'
import type { Decision } from './replay.ts'
import { replyText } from './rows.ts'
import { publishedSettings } from './settings-store.ts'
import { shownSteps } from './why.ts'

/** As edges read envelopes. */
const ENVELOPE = { toAscii: domainToASCII, allowUnderscore: true }

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>
type Question = BodyOf<typeof askMessage>
type Answer = OutputOf<typeof askMessage>

/** Throws `invalid-input` for what is no address or no draft, `edge-unreachable` when no edge answers. */
export async function askAnyMessage(scope: Scope, question: Question, deps: Deps): Promise<Answer> {
  const { clientIp, helo, reversePath, forwardPath, content } = question
  checkFields(question)
  const draft = await draftRule(scope, question, deps)
  const result = await deps.link.order({
    kind: 'explain',
    id: newId('ord', deps.clock.now()),
    tenantId: scope.tenantId,
    clientIp,
    helo,
    reversePath: reversePath === '' ? null : reversePath,
    forwardPath,
    content: contentOf(question, content),
    draft,
  })
  if (result.kind === 'explain') return answerOf(scope, { question, found: result, draft }, deps)
  throw problem(
    'edge-unreachable',
    result.kind === 'failed' ? `The edge could not: ${result.why}.` : undefined,
  )
}

function checkFields({ clientIp, reversePath, forwardPath, author }: Question): void {
  const errors = [
    ...(parseIp(clientIp).ok
      ? []
      : [{ path: '/clientIp', message: 'Write an IP address, such as 203.0.113.25.' }]),
    ...addressFault(forwardPath, '/forwardPath'),
    ...(reversePath === '' ? [] : addressFault(reversePath, '/reversePath')),
    ...(author === undefined || author === '' ? [] : addressFault(author, '/author')),
  ]
  if (errors.length > 0) throw invalidInput(errors)
}

function addressFault(text: string, path: string): { path: string; message: string }[] {
  return mailboxOf(text, ENVELOPE) === null
    ? [{ path, message: 'Write a full address, such as ann@acme.example.' }]
    : []
}

/** With an author but no content, the least message that shows it. */
function contentOf({ author }: Question, content: string | undefined): string | null {
  if (content !== undefined && content !== '') {
    return Buffer.from(content.replaceAll(/\r?\n/g, '\r\n'), 'utf8').toString('base64')
  }
  if (author === undefined || author === '') return null
  return Buffer.from(`From: <${author}>\r\nSubject: asked\r\n\r\n`, 'utf8').toString('base64')
}

async function draftRule(
  scope: Scope,
  { draft, draftId }: Question,
  { store, clock }: Deps,
): Promise<PolicyRule | null> {
  if (draft === undefined) return null
  const checked = checkDraft(draft, await worldOfTenant(store.db, scope.tenantId))
  if (checked.errors.length > 0) {
    throw invalidInput(checked.errors.map(({ path, message }) => ({ path: `/draft${path}`, message })))
  }
  return { ...ruleDraftOf(checked.draft), id: draftId ?? 'draft', createdAt: clock.now() } as PolicyRule
}

type Found = { readonly question: Question; readonly found: Explained; readonly draft: PolicyRule | null }

async function answerOf(
  scope: Scope,
  { question, found, draft }: Found,
  { store, clock }: Deps,
): Promise<Answer> {
  const { rcpt, message, direction, revision, fault } = found
  const last = message ?? rcpt
  const explanation = shownSteps([...rcpt.explanation, ...(message?.explanation ?? [])])
  const published = await publishedSettings(store.db, scope.tenantId)
  const settings =
    published && draft
      ? { ...published, rules: [...(published.rules ?? []).filter(({ id }) => id !== draft.id), draft] }
      : published
  const decision = decisionOf(scope, { question, found, now: clock.now() })
  return {
    outcome: last.kind,
    by: last.by,
    direction,
    verdict: verdictOf(last, fault),
    reply:
      last.reply === null
        ? null
        : { code: last.reply.code, status: last.reply.status, text: last.reply.lines.join(' ') },
    explanation,
    facts: factsOf(found, scope.tenantId),
    remedies: decision && settings ? remediesOf(decision, settings) : [],
    contentAsked: message !== null,
    settingsRevision: revision,
    withDraft: draft !== null,
  }
}

/** What the answer rests on, so that changes can be tried on it. */
function decisionOf(
  scope: Scope,
  { question, found, now }: { readonly question: Question; readonly found: Explained; readonly now: number },
): Decision | null {
  const verdict = found.message ?? found.rcpt
  const step = verdict.explanation.find(({ policy, kind }) => policy === verdict.by && kind !== 'continue')
  if (!step) return null
  const { clientIp, helo, reversePath, forwardPath } = question
  return {
    stage: step.stage,
    step,
    facts: { ...found.rcpt.facts, ...found.message?.facts },
    transaction: {
      clientIp,
      helo,
      reversePath: reversePath === '' ? null : mailboxOf(reversePath, ENVELOPE),
      forwardPath: mailboxOf(forwardPath, ENVELOPE),
      tenantId: scope.tenantId,
      direction: found.direction,
      now,
    },
  }
}

function verdictOf({ kind, reply, explanation, by }: Verdict, fault: string | null): string {
  if (fault !== null) return 'It would be refused: its header cannot be judged.'
  const because = shownSteps(explanation).find(({ policy, deciding }) => deciding && policy === by)?.means
  const words = {
    accept: 'accepted',
    hold: 'accepted and held',
    defer: 'deferred',
    reject: 'refused',
  } as const
  const replied =
    reply === null
      ? ''
      : ` with ${replyText({ code: reply.code, status: reply.status, text: reply.lines.join(' ') })}`
  return `It would be ${words[kind]}${replied}.${because ? ` ${because}` : ''}`
}

function factsOf({ rcpt, message }: Explained, tenantId: string): Answer['facts'] {
  return shownFacts({ ...rcpt.facts, ...message?.facts }, tenantId)
}
