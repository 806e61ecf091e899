// Identities read as people know senders.
import { expect, test } from 'vitest'
import english from '#i18n/en/protection.json'
import { wordsOf } from '../../../fixtures/words.ts'
import { identityWords } from './identity-words.ts'

test.each([
  ['spf:sender.example', 'sender.example', 'passes SPF'],
  ['host:mailer.example', 'mailer.example', 'verified host name'],
  ['net:192.0.2.0/24 sender.example', 'sender.example', 'from 192.0.2.0/24'],
  ['net:2001:db8::/64 sender.example', 'sender.example', 'from 2001:db8::/64'],
  ['net:192.0.2.0/24 <>', '192.0.2.0/24', 'network, bounces'],
  ['dkim:sender.example mailer.example', 'sender.example', 'signed, from mailer.example'],
])('%s', (identity, name, by) => {
  expect(identityWords(wordsOf(english), identity)).toEqual({ name, by })
})
