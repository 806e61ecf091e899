// Words of digests in the languages they are written in.
import type { DigestLanguage } from '@gatepost/contract/digest.ts'

export type DigestWords = {
  readonly subject: (count: number, mailbox: string) => string
  readonly lead: (count: number, mailbox: string) => string
  readonly from: string
  readonly held: string
  readonly why: string
  readonly look: string
  readonly firstContact: string
  readonly noSubject: string
  readonly more: (count: number) => string
  readonly portal: string
  readonly ends: (days: number) => string
  readonly foot: string
  readonly classes: { readonly [name: string]: string }
}

const en: DigestWords = {
  subject: (count, mailbox) => `${count} held ${count === 1 ? 'message' : 'messages'} for ${mailbox}`,
  lead: (count, mailbox) =>
    `${count === 1 ? 'A message' : `${count} messages`} for ${mailbox} ${count === 1 ? 'is' : 'are'} held ` +
    'and not delivered. Look at each and decide; opening a link decides nothing by itself.',
  from: 'From',
  held: 'Held',
  why: 'Because',
  look: 'Look and decide',
  firstContact: 'First message from this sender',
  noSubject: 'No subject',
  more: (count) => `… and ${count} more: see them in the portal.`,
  portal: 'All held mail',
  ends: (days) => `Held mail ends after ${days} days.`,
  foot: 'Each message is told of once. Links work for you alone, and once.',
  classes: {},
}

const de: DigestWords = {
  subject: (count, mailbox) =>
    `${count} zurückgehaltene ${count === 1 ? 'Nachricht' : 'Nachrichten'} für ${mailbox}`,
  lead: (count, mailbox) =>
    `${count === 1 ? 'Eine Nachricht' : `${count} Nachrichten`} für ${mailbox} ${count === 1 ? 'wird' : 'werden'} ` +
    'zurückgehalten und nicht zugestellt. Sehen Sie nach und entscheiden Sie; ein Link allein entscheidet nichts.',
  from: 'Von',
  held: 'Zurückgehalten',
  why: 'Weil',
  look: 'Ansehen und entscheiden',
  firstContact: 'Erste Nachricht von diesem Absender',
  noSubject: 'Ohne Betreff',
  more: (count) => `… und ${count} weitere: im Portal zu sehen.`,
  portal: 'Alle zurückgehaltenen Nachrichten',
  ends: (days) => `Zurückgehaltene Nachrichten enden nach ${days} Tagen.`,
  foot: 'Jede Nachricht wird einmal gemeldet. Links gelten nur für Sie und nur einmal.',
  classes: {
    spam: 'Spam',
    attachments: 'Anhang',
    'display-name': 'Falscher Name',
    impersonation: 'Falscher Name',
    authentication: 'Nicht beglaubigt',
    'anti-spoofing-header': 'Gefälschter Absender',
    'blocked-senders-header': 'Gesperrter Absender',
  },
}

const fr: DigestWords = {
  subject: (count, mailbox) =>
    `${count} ${count === 1 ? 'message retenu' : 'messages retenus'} pour ${mailbox}`,
  lead: (count, mailbox) =>
    `${count === 1 ? 'Un message' : `${count} messages`} pour ${mailbox} ` +
    `${count === 1 ? 'est retenu et n’est pas remis' : 'sont retenus et ne sont pas remis'}. ` +
    'Regardez et décidez ; ouvrir un lien ne décide rien.',
  from: 'De',
  held: 'Retenu',
  why: 'Raison',
  look: 'Voir et décider',
  firstContact: 'Premier message de cet expéditeur',
  noSubject: 'Sans objet',
  more: (count) => `… et ${count} de plus : voyez le portail.`,
  portal: 'Tous les messages retenus',
  ends: (days) => `Un message retenu est gardé ${days} jours.`,
  foot: 'Chaque message est annoncé une fois. Les liens valent pour vous seul, et une fois.',
  classes: {
    spam: 'Spam',
    attachments: 'Pièce jointe',
    'display-name': 'Faux nom',
    impersonation: 'Faux nom',
    authentication: 'Non authentifié',
    'anti-spoofing-header': 'Expéditeur falsifié',
    'blocked-senders-header': 'Expéditeur bloqué',
  },
}

export const digestWords: { readonly [Name in DigestLanguage]: DigestWords } = { en, de, fr }
