// Words of letters to single people, in the languages digests are written in. What a person or the server
// wrote (notes, names of steps) stands in them as it is.
import type { DigestLanguage } from '@gatepost/contract/digest.ts'

export type LetterText = { readonly subject: string; readonly body: readonly string[] }

export type LetterWords = {
  readonly reset: (about: { link: string; minutes: number; from: string }) => LetterText
  readonly invitation: (about: { name: string; by: string; link: string }) => LetterText
  readonly share: (about: {
    by: string
    title: string
    note: string
    link: string
    days: number
  }) => LetterText
  readonly awaited: (about: {
    sender: string | null
    recipient: string | null
    status: string
    messageId: string
    by: string
  }) => LetterText
}

const en: LetterWords = {
  reset: ({ link, minutes, from }) => ({
    subject: 'Set a new password for Gatepost',
    body: [
      'Somebody asked to set a new password for your account at Gatepost, the mail',
      'gateway of your organisation. Open this link to choose one:',
      '',
      link,
      '',
      `The link works once, within ${minutes} minutes. It was asked for from the`,
      `address ${from}.`,
      '',
      'If that was not you, do nothing: your password stays as it is. Tell your',
      'administrator when such mails come again and again.',
      '',
    ],
  }),
  invitation: ({ name, by, link }) => ({
    subject: 'You are asked to administer a mail gateway',
    body: [
      `Hello ${name},`,
      '',
      `${by} asks you to help administer the mail gateway of your organisation.`,
      'Open this link within seven days to accept; it works once:',
      '',
      link,
      '',
      'If you do not expect this, do nothing: without the link nothing happens.',
      '',
    ],
  }),
  share: ({ by, title, note, link, days }) => ({
    subject: 'A step of a mail gateway is shared with you',
    body: [
      'Hello,',
      '',
      `${by} shares one step of setting up a mail gateway with you: ${title}.`,
      ...(note === '' ? [] : ['', note]),
      '',
      'The values to enter, and whether we see them already, are on this page:',
      '',
      link,
      '',
      `It works for ${days === 1 ? 'one day' : `${days} days`}, shows this step only, and changes nothing.`,
      '',
    ],
  }),
  awaited: ({ sender, recipient, status, messageId, by }) => ({
    subject: 'The message you wait for is here',
    body: [
      `The message you wait for${sender ? ` from ${sender}` : ''}${recipient ? ` for ${recipient}` : ''} is here. Its state: ${status}.`,
      `Look it up in the message centre as ${messageId}.`,
      '',
      `${by} asked for this word.`,
    ],
  }),
}

const de: LetterWords = {
  reset: ({ link, minutes, from }) => ({
    subject: 'Neues Passwort für Gatepost',
    body: [
      'Jemand möchte ein neues Passwort für Ihr Konto bei Gatepost setzen, dem',
      'Mail-Gateway Ihrer Organisation. Öffnen Sie diesen Link, um es zu wählen:',
      '',
      link,
      '',
      `Der Link gilt einmal und ${minutes} Minuten lang. Angefordert wurde er von der`,
      `Adresse ${from}.`,
      '',
      'Waren Sie das nicht, tun Sie nichts: Ihr Passwort bleibt, wie es ist. Sagen',
      'Sie es Ihrer Administration, wenn solche Nachrichten immer wieder kommen.',
      '',
    ],
  }),
  invitation: ({ name, by, link }) => ({
    subject: 'Sie sollen ein Mail-Gateway verwalten',
    body: [
      `Guten Tag ${name},`,
      '',
      `${by} bittet Sie, das Mail-Gateway Ihrer Organisation mit zu verwalten.`,
      'Öffnen Sie diesen Link innerhalb von sieben Tagen; er gilt einmal:',
      '',
      link,
      '',
      'Erwarten Sie das nicht, tun Sie nichts: ohne den Link geschieht nichts.',
      '',
    ],
  }),
  share: ({ by, title, note, link, days }) => ({
    subject: 'Ein Schritt eines Mail-Gateways wurde mit Ihnen geteilt',
    body: [
      'Guten Tag,',
      '',
      `${by} teilt einen Schritt der Einrichtung eines Mail-Gateways mit Ihnen: ${title}.`,
      ...(note === '' ? [] : ['', note]),
      '',
      'Die Werte, und ob wir sie schon sehen, stehen auf dieser Seite:',
      '',
      link,
      '',
      `Sie gilt ${days === 1 ? 'einen Tag' : `${days} Tage`}, zeigt nur diesen Schritt und ändert nichts.`,
      '',
    ],
  }),
  awaited: ({ sender, recipient, status, messageId, by }) => ({
    subject: 'Die erwartete Nachricht ist da',
    body: [
      `Die erwartete Nachricht${sender ? ` von ${sender}` : ''}${recipient ? ` für ${recipient}` : ''} ist da. Ihr Zustand: ${status}.`,
      `Im Nachrichtenzentrum steht sie als ${messageId}.`,
      '',
      `${by} hat um dieses Wort gebeten.`,
    ],
  }),
}

const fr: LetterWords = {
  reset: ({ link, minutes, from }) => ({
    subject: 'Nouveau mot de passe pour Gatepost',
    body: [
      'Quelqu’un demande un nouveau mot de passe pour votre compte chez Gatepost, la',
      'passerelle de messagerie de votre organisation. Ouvrez ce lien pour le choisir :',
      '',
      link,
      '',
      `Le lien sert une fois, pendant ${minutes} minutes. Il a été demandé depuis`,
      `l’adresse ${from}.`,
      '',
      'Si ce n’était pas vous, ne faites rien : votre mot de passe reste le même.',
      'Prévenez votre administrateur si de tels messages reviennent.',
      '',
    ],
  }),
  invitation: ({ name, by, link }) => ({
    subject: 'On vous demande d’administrer une passerelle de messagerie',
    body: [
      `Bonjour ${name},`,
      '',
      `${by} vous demande d’aider à administrer la passerelle de messagerie de votre organisation.`,
      'Ouvrez ce lien dans les sept jours ; il sert une fois :',
      '',
      link,
      '',
      'Si vous ne l’attendez pas, ne faites rien : sans le lien, rien ne se passe.',
      '',
    ],
  }),
  share: ({ by, title, note, link, days }) => ({
    subject: 'Une étape d’une passerelle de messagerie est partagée avec vous',
    body: [
      'Bonjour,',
      '',
      `${by} partage avec vous une étape de la mise en place d’une passerelle de messagerie : ${title}.`,
      ...(note === '' ? [] : ['', note]),
      '',
      'Les valeurs à saisir, et si nous les voyons déjà, sont sur cette page :',
      '',
      link,
      '',
      `Elle vaut ${days === 1 ? 'un jour' : `${days} jours`}, ne montre que cette étape et ne change rien.`,
      '',
    ],
  }),
  awaited: ({ sender, recipient, status, messageId, by }) => ({
    subject: 'Le message que vous attendez est là',
    body: [
      `Le message que vous attendez${sender ? ` de ${sender}` : ''}${recipient ? ` pour ${recipient}` : ''} est là. Son état : ${status}.`,
      `Dans le centre des messages, c’est ${messageId}.`,
      '',
      `${by} a demandé ce mot.`,
    ],
  }),
}

export const letterWords: { readonly [Name in DigestLanguage]: LetterWords } = { en, de, fr }
