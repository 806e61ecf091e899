// The quick reader of lists says what the reader of forms says, for plain and odd senders alike.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownDomainTest, readSender } from './entry.ts'
import { senderReader } from './sender-reader.ts'

const SENDERS = [
  'bob@news.example',
  'bob@news.example', // Again: the domain is known now.
  'b.o-b+tag_1=x@mail.news.example',
  'Bob@news.example',
  'bob@News.Example',
  'bob@news.example.',
  'Bob <bob@news.example>',
  'mailto:bob@news.example',
  '*@news.example',
  '@news.example',
  'news.example',
  '*.news.example',
  'co.uk',
  'bob@co.uk',
  'bob@com',
  '"b o b"@news.example',
  '.bob@news.example',
  'bob.@news.example',
  'b..b@news.example',
  'bob@@news.example',
  'bob@a@news.example',
  'bob@',
  '@',
  'bob',
  '',
  'bob@[192.0.2.1]',
  'bob@under_score.example',
  'bob@-news.example',
  'bob@bücher.example',
  'büb@news.example',
  `${'b'.repeat(65)}@news.example`,
  `${'b'.repeat(200)}@news.example`,
  `bob@${'n'.repeat(64)}.example`,
  `bob@${'news.'.repeat(50)}example`,
  'ann@acme.example',
  'ann@sub.acme.example',
  'acme.example',
  'bob@new\u200bs.example',
]

test('a list is read as a form is', () => {
  const isOwn = ownDomainTest(new Map([['acme.example', true]]))
  const read = senderReader(isOwn)
  for (const text of SENDERS) assert.deepEqual(read(text), readSender(text, isOwn), text)
})
