// All features of a message: noted one by one, then those that mean more together than alone.

import { authenticationFeatures } from './authentication-features.ts'
import { bodyFeatures } from './body-features.ts'
import { headerFeatures } from './header-features.ts'
import { linkFeatures } from './link-features.ts'
import type { LureKind } from './lures.ts'
import { type Noted, notes } from './note.ts'
import type { MessageView } from './view.ts'

/** Asks a reader to act on an account, a payment or a parcel: what phish lives on. */
const CREDENTIAL: readonly LureKind[] = [
  'confirm-account',
  'account-closed',
  'password-expires',
  'mailbox-full',
  'payment-failed',
  'renewal',
  'parcel',
  'points',
  'refund',
  'authority',
  'shared-document',
  'voice-message',
  'new-sign-in',
  'invoice-due',
]
const BAIT: readonly LureKind[] = [
  'prize',
  'wallet',
  'investment',
  'dating',
  'casino',
  'loan',
  'medicine',
  'weight-loss',
  'advance-fee',
  'extortion',
]
const HURRY: readonly LureKind[] = ['deadline', 'click-here', 'generic-greeting']

/** A link that is odd by itself. */
const ODD_LINK: readonly string[] = [
  'link-shortener',
  'link-free-hosting',
  'link-cheap-ending',
  'link-random-host',
  'link-ip',
  'link-redirector',
  'link-shows-other-host',
  'link-brand-in-host',
  'link-carries-reader',
  'link-broken-in-site',
  'link-hyphens',
  'link-foreign-letters',
  'link-service-host',
  'link-is-a-script',
]
/** Something about the sender that is odd by itself. */
const ODD_SENDER: readonly string[] = [
  'author-random-domain',
  'author-random-local',
  'author-cheap-ending',
  'author-free-hosting',
  'author-deep-domain',
  'brand-in-author-domain',
  'reverse-path-random',
  'reverse-path-elsewhere',
  'helo-random',
  'helo-end-user',
  'reply-to-elsewhere',
  'reply-to-free-mail',
  'helo-no-name',
  'no-recipient-shown',
  'to-its-author',
  'name-is-a-message',
  'name-dressed',
  'name-offers',
  'program-forged',
]

/** Named features of a message by their names, each with a value from 0 to 1 and what was seen. */
export function featuresOf(view: MessageView): ReadonlyMap<string, Noted> {
  const { noted, note } = notes()
  headerFeatures(view, note)
  linkFeatures(view, note)
  bodyFeatures(view, note)
  authenticationFeatures(view, note)
  const said = (kinds: readonly LureKind[]) => kinds.filter((kind) => noted.has(`says-${kind}`))
  const any = (...names: readonly string[]) => names.some((name) => noted.has(name))
  const credential = said(CREDENTIAL)
  const bait = said(BAIT)
  const away = noted.has('links-all-elsewhere')
  const fishy = any(...ODD_LINK)
  const odd = any(...ODD_SENDER)
  const brand = any('brand-name', 'brand-from-free-mail')
  const thread = noted.has('thread')
  const words = credential[0] ?? bait[0] ?? ''
  if (!thread) note('no-thread')
  if (credential.length > 0 && away) note('asks-and-links-elsewhere', words)
  if (credential.length > 1) note('asks-twice', credential.join(', '))
  if (bait.length > 1) note('baits-twice', bait.join(', '))
  if (credential.length > 0 && said(HURRY).length > 0) note('asks-in-a-hurry', words)
  if (credential.length + bait.length > 0 && fishy) note('asks-with-odd-link', words)
  if (credential.length + bait.length > 0 && odd) note('asks-from-odd-sender', words)
  if (brand && away) note('brand-and-links-elsewhere', noted.get('brand-name')?.saw)
  if (brand && credential.length > 0) note('brand-asks', noted.get('brand-name')?.saw)
  if (odd && fishy) note('odd-sender-odd-link')
  if (odd && noted.has('html-only')) note('odd-sender-html-only')
  if (away && any('picture-instead-of-text', 'picture-alone', 'hardly-any-text'))
    note('picture-leads-elsewhere')
  if (any('form', 'attached-page') && credential.length > 0) note('asks-in-a-form', words)
  if (!thread && any('html-only', 'plain-part-empty') && away) note('html-leads-elsewhere')
  if (!thread && away && any('short-text', 'hardly-any-text') && !noted.has('quotes-somebody'))
    note('short-note-leads-elsewhere')
  if (away && any('helo-end-user', 'helo-no-name', 'helo-is-author-domain', 'program-forged') && !thread)
    note('odd-client-leads-elsewhere')
  if (noted.has('free-mail') && bait.length + credential.length > 0) note('free-mail-asks', words)
  return noted
}
