// What the audit log's actions are called: each is a sentence around its subject, in the reader's language.
import type { AuditEntry } from '@gatepost/contract/audit.ts'
import type { Words } from '#i18n/i18n.ts'
import { locale } from '#i18n/language.ts'

/** The longest beginning of a subject that has words of its own, such as `how people sign in`. */
const SUBJECT_WORDS_MAX = 9

/** The entry as a sentence; null for an action that this console does not know yet. */
export function auditSentence(t: Words, entry: Pick<AuditEntry, 'action' | 'subject'>): string | null {
  const values = { subject: subjectWords(t, entry.subject) }
  const last = entry.action.split(/[.-]/).at(-1) ?? ''
  // `hold-added` and `service.added` have no sentence of their own: both are added.
  return wordsOf(t, `did.${entry.action}`, values) ?? wordsOf(t, `did.last.${last}`, values)
}

/** The kind before a name, such as `domain` of `domain acme.example`; what people named stays as it is. */
function subjectWords(t: Words, subject: string): string {
  const [, number = '', rest = ''] = /^(\d+ )?(.*)$/su.exec(subject) ?? []
  const words = rest.split(' ')
  for (let length = Math.min(words.length, SUBJECT_WORDS_MAX); length > 0; length--) {
    const key = words
      .slice(0, length)
      .join('-')
      .replaceAll(/[^A-Za-z0-9]+/g, '-')
    const known = wordsOf(t, `subject.${key}`, {})
    if (known !== null) return number + [known, ...words.slice(length)].join(' ')
  }
  return subject
}

/** A key without words comes back as it is. */
function wordsOf(t: Words, key: string, values: Readonly<Record<string, string>>): string | null {
  const found: string = t(key, values)
  return found === key ? null : found
}

/** An action in a list of actions: `Added domain`; as it is written where this console has no words. */
export function actionWord(t: Words, action: string): string {
  const area = wordsOf(t, `areas.${action.slice(0, action.indexOf('.'))}`, {})
  const sentence = area === null ? null : auditSentence(t, { action, subject: area })
  return sentence === null ? action.replace('.', ': ').replaceAll('-', ' ') : capital(sentence)
}

/** What a kind of actions is about: `delivery route`. */
export function areaWord(t: Words, area: string): string {
  return wordsOf(t, `areas.${area}`, {}) ?? area
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1)
}
