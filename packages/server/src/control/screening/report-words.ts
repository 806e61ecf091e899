// Words of the short letter that answers a report, in the languages digests are written in.
import type { DigestLanguage } from '@gatepost/contract/digest.ts'
import type { ReportKind } from '@gatepost/contract/spam.ts'
import { withoutControls } from '@gatepost/mail/bytes.ts'
import type { LetterText } from '../letter-words.ts'

export type ReportLine = {
  readonly kind: ReportKind
  readonly author: string | null
  readonly subject: string | null
  readonly outcome: 'learned' | 'words-learned' | 'unreadable' | 'unknown-reporter' | 'limit'
}

type Words = {
  readonly subject: string
  readonly lead: { readonly [Kind in ReportKind]: string }
  readonly outcomes: { readonly [Outcome in ReportLine['outcome']]: string }
  readonly noSubject: string
  readonly from: string
  readonly foot: readonly string[]
}

const TEXT_MAX = 120

const en: Words = {
  subject: 'Your report has arrived',
  lead: {
    spam: 'You reported mail as spam:',
    phish: 'You reported mail as phishing:',
    wanted: 'You reported mail as wanted:',
  },
  outcomes: {
    learned: 'Learned. The spam score of your organisation will count it.',
    'words-learned':
      'Its words were learned. More is learned when you forward it as an attachment, so that its header comes along.',
    unreadable:
      'Nothing could be read from it. Forward the message as an attachment, as .eml and not as .msg.',
    'unknown-reporter': 'Not taken: your address is no user of your organisation at the gateway.',
    limit: 'Not taken: these are enough reports of one person for today.',
  },
  noSubject: 'No subject',
  from: 'from',
  foot: ['A mistake? Your administrators can take each report back under “Spam lessons”.'],
}

const de: Words = {
  subject: 'Ihre Meldung ist angekommen',
  lead: {
    spam: 'Sie haben Mail als Spam gemeldet:',
    phish: 'Sie haben Mail als Phishing gemeldet:',
    wanted: 'Sie haben Mail als erwünscht gemeldet:',
  },
  outcomes: {
    learned: 'Gelernt. Die Spam-Bewertung Ihrer Organisation rechnet damit.',
    'words-learned':
      'Die Wörter wurden gelernt. Mehr lernen wir, wenn Sie die Nachricht als Anlage weiterleiten, denn dann kommen ihre Kopfzeilen mit.',
    unreadable:
      'Daraus war nichts zu lesen. Leiten Sie die Nachricht als Anlage weiter, als .eml und nicht als .msg.',
    'unknown-reporter':
      'Nicht angenommen: Ihre Adresse gehört zu keinem Benutzer Ihrer Organisation am Gateway.',
    limit: 'Nicht angenommen: für heute sind das genug Meldungen einer Person.',
  },
  noSubject: 'Kein Betreff',
  from: 'von',
  foot: ['Ein Versehen? Ihre Administration kann jede Meldung unter „Spam-Lektionen“ zurücknehmen.'],
}

const fr: Words = {
  subject: 'Votre signalement est arrivé',
  lead: {
    spam: 'Vous avez signalé comme spam :',
    phish: 'Vous avez signalé comme hameçonnage :',
    wanted: 'Vous avez signalé comme souhaité :',
  },
  outcomes: {
    learned: 'Appris. La note de spam de votre organisation en tient compte.',
    'words-learned':
      'Ses mots ont été appris. Transférez-le en pièce jointe pour que ses en-têtes suivent : nous en apprenons davantage.',
    unreadable: 'Rien n’a pu y être lu. Transférez le message en pièce jointe, en .eml et non en .msg.',
    'unknown-reporter':
      'Refusé : votre adresse n’appartient à aucun utilisateur de votre organisation sur la passerelle.',
    limit: 'Refusé : c’est assez de signalements d’une personne pour aujourd’hui.',
  },
  noSubject: 'Sans objet',
  from: 'de',
  foot: ['Une erreur ? Vos administrateurs peuvent annuler chaque signalement sous « Leçons de spam ».'],
}

/** Subject and lines of the answer, by language. */
export const reportWords: {
  readonly [Name in DigestLanguage]: (lines: readonly ReportLine[]) => LetterText
} = {
  en: (lines) => letterOf(en, lines),
  de: (lines) => letterOf(de, lines),
  fr: (lines) => letterOf(fr, lines),
}

function letterOf(words: Words, lines: readonly ReportLine[]): LetterText {
  const kind = lines[0]?.kind ?? 'spam'
  return {
    subject: words.subject,
    body: [
      words.lead[kind],
      '',
      ...lines.flatMap(({ author, subject, outcome }) => [
        `${shown(subject || words.noSubject)}${author === null ? '' : ` (${words.from} ${shown(author)})`}`,
        `  ${words.outcomes[outcome]}`,
        '',
      ]),
      ...words.foot,
      '',
    ],
  }
}

function shown(text: string): string {
  return withoutControls(text).slice(0, TEXT_MAX)
}
