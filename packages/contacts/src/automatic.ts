// Tells messages that no person wrote to their recipients: who is answered by a program must not become a
// permitted sender (abuse case 71).
import type { HeaderField } from '@gatepost/mail/header.ts'

/** Fields that only programs and lists write, by the values that say so. */
const AUTOMATIC: ReadonlyMap<string, RegExp> = new Map([
  ['auto-submitted', /^(?!no\b)/i], // RFC 3834 §5
  ['precedence', /^(?:bulk|list|junk|auto[-_]reply)\b/i],
  ['x-autoreply', /^(?!no\b)/i],
  ['x-autorespond', /^(?!no\b)/i],
  ['list-id', /^/], // RFC 2919
  ['content-type', /^multipart\/report\b/i], // RFC 6522: delivery reports and read receipts
])

/** The name of the field that says so; null for what a person wrote. */
export function automaticField(fields: readonly Pick<HeaderField, 'nameLower' | 'value'>[]): string | null {
  const found = fields.find(({ nameLower, value }) => AUTOMATIC.get(nameLower)?.test(value) ?? false)
  return found?.nameLower ?? null
}

/** How mail systems begin the subjects of what they write by themselves, in the languages they speak. */
const SUBJECTS: readonly RegExp[] = [
  // Automatic replies and absence notes.
  /^(?:auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|autoreply|vacation)\b/i,
  /^(?:automatische (?:antwort|antwoord)|abwesen(?:d|heit)|abwesenheitsnotiz|afwezig)/i,
  /^(?:r[ée]ponse automatique|absen(?:t|ce) du bureau|risposta automatica|fuori (?:sede|ufficio))/i,
  /^(?:respuesta autom[áa]tica|fuera de la oficina|resposta autom[áa]tica)/i,
  /^(?:autosvar|automatisk svar|autom\. svar|automaattinen vastaus|odpowied[źz] automatyczna)/i,
  /^(?:automatick[áa] odpov[ěe][ďd]|автоответ|自动答复|自動回覆|自動応答)/i,
  // Delivery reports.
  /^(?:undeliver(?:able|ed)|delivery (?:status notification|has failed|failure))/i,
  /^(?:returned mail|mail delivery|unzustellbar|onbestelbaar|non remis|nie dostarczono)/i,
  /^(?:no se puede entregar|non recapitabile|olevererbart)/i,
  // Receipts.
  /^(?:read|gelesen|lu|le[íi]do|letto|gelezen|not read|nicht gelesen|delivered|zugestellt): /i,
  /^(?:relayed|weitergeleitet): /i,
  // Answers to invitations: one click, or a mailbox that answers by itself.
  /^(?:accepted|declined|tentative(?:ly accepted)?|zugesagt|abgelehnt|mit vorbehalt): /i,
  /^(?:accept[ée]e?|refus[ée]e?): /i,
  // Letters that end a subscription.
  /^(?:unsubscribe|abmelden|abbestellen|d[ée]sabonnement|darse de baja)\b/i,
]

/** Whether a subject alone says so, for sources that show no header. */
export function isAutomaticSubject(subject: string): boolean {
  const start = subject.slice(0, 100).trim()
  return SUBJECTS.some((pattern) => pattern.test(start))
}

/** Reports, out-of-office notes, answers to meetings, approvals, recalls: by how their class begins. */
const ITEM_CLASSES: readonly string[] = [
  'report.',
  'ipm.note.rules.',
  'ipm.schedule.meeting.resp.',
  'ipm.note.microsoft.approval',
  'ipm.outlook.recall',
  'ipm.recall.',
]

/** Kinds of Exchange items that are no letters. */
export function isAutomaticItemClass(itemClass: string): boolean {
  const name = itemClass.toLowerCase()
  return ITEM_CLASSES.some((start) => name.startsWith(start))
}
