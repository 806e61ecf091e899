// What a first-contact banner says, in the languages it can be had in. Latin-1 only, and plain quotation
// marks: the words stand in texts of any charset.
import type { ImpersonationSignal } from '#policy/facts.ts'
import type { BannerLanguage } from '#policy/rule.ts'

type BannerWords = {
  readonly title: string
  readonly advice: string
  readonly warns: { readonly [Kind in ImpersonationSignal['kind']]: string }
}

const en: BannerWords = {
  title: 'First message from this sender.',
  advice: 'Take care with links, attachments and requests for money or passwords.',
  warns: {
    'internal-address':
      'The name shown contains an address of your organisation, but the message comes from outside.',
    'internal-name': 'The name shown is that of a colleague, but the message comes from outside.',
    'look-alike-domain': 'The domain of the sender looks like one of your organisation, and is another.',
    'reply-to-mismatch': 'Answers go to another organisation than that of the sender.',
  },
}

const de: BannerWords = {
  title: 'Erste Nachricht von diesem Absender.',
  advice: 'Vorsicht mit Links, Anhängen und Bitten um Geld oder Passwörter.',
  warns: {
    'internal-address':
      'Der angezeigte Name enthält eine Adresse Ihrer Organisation, die Nachricht kommt aber von außen.',
    'internal-name': 'Der angezeigte Name ist der eines Kollegen, die Nachricht kommt aber von außen.',
    'look-alike-domain':
      'Die Domain des Absenders sieht einer Ihrer Organisation ähnlich, ist aber eine andere.',
    'reply-to-mismatch': 'Antworten gehen an eine andere Organisation als die des Absenders.',
  },
}

const fr: BannerWords = {
  title: 'Premier message de cet expéditeur.',
  advice: "Attention aux liens, aux pièces jointes et aux demandes d'argent ou de mots de passe.",
  warns: {
    'internal-address':
      "Le nom affiché contient une adresse de votre organisation, mais le message vient de l'extérieur.",
    'internal-name': "Le nom affiché est celui d'un collègue, mais le message vient de l'extérieur.",
    'look-alike-domain':
      "Le domaine de l'expéditeur ressemble à l'un de ceux de votre organisation, mais en est un autre.",
    'reply-to-mismatch': "Les réponses vont à une autre organisation que celle de l'expéditeur.",
  },
}

const WORDS: { readonly [Language in BannerLanguage]: BannerWords } = { en, de, fr }

/** The sentences of a banner, the title first. */
export function bannerSentences(
  language: BannerLanguage,
  warns: readonly ImpersonationSignal['kind'][],
): readonly [title: string, ...rest: string[]] {
  const words = WORDS[language]
  return [words.title, ...warns.map((kind) => words.warns[kind]), words.advice]
}
