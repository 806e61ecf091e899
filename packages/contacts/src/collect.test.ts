// Who counts as a correspondent and who does not, and the CSV that comes of it (X1, abuse case 71).
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isAutomaticItemClass, isAutomaticSubject } from './automatic.ts'
import { countLetters, keyOf, type Pair, type Rules } from './collect.ts'
import { compacted, headLine, partsAgain, partsLine, readJournal, stepLine } from './journal.ts'
import { type Letter, letterOfHeader } from './letter.ts'
import { isRobot } from './robots.ts'
import { csvParts, partNames, selectPairs } from './select.ts'

const rules: Rules = { ownDomains: ['acme.example'], since: null, recipientsMax: 100 }

const letter = (change: Partial<Letter> = {}): Letter => ({
  author: 'Maya@Acme.example',
  owner: null,
  recipients: ['bob@oldmill.example'],
  at: Date.UTC(2026, 0, 1),
  isAutomatic: false,
  ...change,
})

const header = (...lines: readonly string[]): Uint8Array => Buffer.from(`${lines.join('\r\n')}\r\n`)

describe('letters out of headers', () => {
  const base = [
    'From: Maya <maya@acme.example>',
    'To: bob@oldmill.example',
    'Date: Thu, 1 Jan 2026 10:00:00 +0100',
  ]
  const automatic: readonly (readonly string[])[] = [
    ['Auto-Submitted: auto-replied'],
    ['Auto-Submitted: auto-generated (rejected)'],
    ['Precedence: bulk'],
    ['List-Id: <x.example>'],
    ['X-Autoreply: yes'],
    ['Content-Type: multipart/report; report-type=disposition-notification'],
    ['Subject: Automatic reply: your offer'],
    ['Subject: =?utf-8?q?Automatische_Antwort=3A_Angebot?='],
    ['Subject: Abwesenheitsnotiz: bis Montag'],
    ['Subject: Undeliverable: hello'],
    ['Subject: Accepted: meeting'],
    ['Subject: unsubscribe'],
  ]
  for (const more of automatic)
    test(`automatic: ${more[0]}`, () => {
      const read = letterOfHeader(header(...base, ...more), { owner: null, at: null })
      assert.equal(read?.isAutomatic, true)
    })
  for (const more of [
    ['Auto-Submitted: no'],
    ['Subject: Re: automatic doors'],
    ['Subject: Ready: the house'],
  ])
    test(`by a person: ${more[0]}`, () => {
      const read = letterOfHeader(header(...base, ...more), { owner: null, at: null })
      assert.equal(read?.isAutomatic, false)
      assert.equal(read?.at, Date.UTC(2026, 0, 1, 9))
      assert.deepEqual(read?.recipients, ['bob@oldmill.example'])
    })
  test('groups, quotes, Bcc and encoded names give their addresses', () => {
    const fields = [
      'From: m@acme.example',
      'To: "A, B" <a@x.example>, team: c@y.example, d@z.example;',
      'Bcc: =?utf-8?q?M=C3=BC?= <e@müller.example>',
    ]
    const read = letterOfHeader(header(...fields), { owner: null, at: 5 })
    assert.deepEqual(read?.recipients, ['a@x.example', 'c@y.example', 'd@z.example', 'e@müller.example'])
    assert.equal(read?.at, 5)
  })
  test('what is no header is no letter', () => {
    assert.equal(letterOfHeader(Buffer.from('no field at all\r\n'), { owner: null, at: null }), null)
  })
  test('classes of Exchange items', () => {
    for (const name of [
      'REPORT.IPM.Note.NDR',
      'IPM.Schedule.Meeting.Resp.Pos',
      'IPM.Note.Rules.OofTemplate.Microsoft',
    ])
      assert.ok(isAutomaticItemClass(name), name)
    assert.ok(!isAutomaticItemClass('IPM.Note'))
    assert.ok(!isAutomaticSubject('Read the news'))
  })
})

describe('abuse case 71: robots, lists and delivery reports are nobody', () => {
  const robots = [
    'no-reply@shop.example',
    'noreply123@shop.example',
    'donotreply@x.example',
    'sales.no-reply@x.example',
    'mailer-daemon@relay.example',
    'postmaster@x.example',
    'MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.onmicrosoft.com',
    'bounces+17-abc=acme.example@mail.example',
    'discuss-request@lists.example',
    'owner-talk@x.example',
    'people@googlegroups.com',
    'reply+0123456789abcdef@forge.example',
    'srs0=ab=cd=x.example=bob@y.example',
    'unsubscribe-99@news.example',
    'printer@office.local',
  ].map((text) => text.toLowerCase())
  for (const address of robots) test(address, () => assert.equal(isRobot(address), true))
  const people = [
    'bob@oldmill.example',
    'anna.reply@x.example',
    'info@shop.example',
    'sales@x.example',
    'noah@x.example',
    'listner@x.example',
    'd.alert-smith@x.example',
  ]
  for (const address of people) test(address, () => assert.equal(isRobot(address), false))
})

describe('counting', () => {
  test('abuse case 71: one automatic answer permits nobody; own domains and mailings do not count', () => {
    const many = Array.from({ length: 101 }, (_, index) => `p${index}@x.example`)
    const { pairs, leftOut } = countLetters(
      [
        letter(),
        letter({
          recipients: [
            'Bob@OLDMILL.example',
            'bob@oldmill.example',
            'leo@acme.example',
            'x@sub.acme.example',
          ],
          at: 9,
        }),
        letter({ isAutomatic: true, recipients: ['spammer@spam.example'] }),
        letter({ author: 'eve@other.example' }),
        letter({ author: 'shared@gmail.example', owner: 'leo@acme.example', at: null }),
        letter({ recipients: many }),
        letter({ recipients: ['undisclosed-recipients:;', 'x@[192.0.2.1]', 'nobody', 'root@localhost'] }),
      ],
      rules,
    )
    assert.deepEqual(pairs, [
      { user: 'leo@acme.example', external: 'bob@oldmill.example', count: 1, first: null, last: null },
      {
        user: 'maya@acme.example',
        external: 'bob@oldmill.example',
        count: 2,
        first: 9,
        last: Date.UTC(2026, 0, 1),
      },
    ])
    assert.deepEqual(leftOut, { automatic: 1, foreign: 1, old: 0, mailing: 1 })
    const recent = countLetters([letter({ at: 1 }), letter({ at: null })], { ...rules, since: 2 })
    assert.equal(recent.leftOut.old, 2)
  })
  test('addresses get the key that the gateway compares by', () => {
    assert.equal(keyOf('SMTP:J.Müller@MÜLLER.example'), 'j.müller@xn--mller-kva.example')
    assert.equal(keyOf('/O=ACME/OU=X/CN=RECIPIENTS/CN=MAYA'), null)
  })
})

describe('the choice and its CSV', () => {
  const pair = (user: string, external: string, count = 1): Pair => ({
    user,
    external,
    count,
    first: null,
    last: null,
  })
  test('robots, own domains, few letters and what was excluded go, with their numbers', () => {
    const { pairs, dropped } = selectPairs(
      [
        pair('b@acme.example', 'z@x.example', 5),
        pair('a@acme.example', 'z@x.example', 5),
        pair('a@acme.example', 'few@x.example', 1),
        pair('a@acme.example', 'no-reply@x.example', 9),
        pair('a@acme.example', 'c@new.acme.example', 9),
        pair('a@acme.example', 'd@sub.rival.example', 9),
      ],
      { ownDomains: ['acme.example'], countMin: 2, without: ['@Rival.example'] },
    )
    assert.deepEqual(
      pairs.map(({ user }) => user),
      ['a@acme.example', 'b@acme.example'],
    )
    assert.deepEqual(dropped, { robots: 1, own: 1, few: 1, excluded: 1 })
  })
  test('parts of at most so many rows, formulas and commas made harmless', () => {
    const pairs = [
      pair('a@acme.example', '=cmd@x.example'),
      pair('a@acme.example', '"b,c"@x.example'),
      pair('a@acme.example', 'd@x.example'),
    ]
    assert.deepEqual(csvParts(pairs, 2), [
      'a@acme.example,"\'=cmd@x.example",PERMIT\r\na@acme.example,"""b,c""@x.example",PERMIT\r\n',
      'a@acme.example,d@x.example,PERMIT\r\n',
    ])
    assert.deepEqual(partNames(2), ['contacts-001.csv', 'contacts-002.csv'])
    assert.equal(
      csvParts(Array.from({ length: 50_001 }, (_, n) => pair('a@acme.example', `p${n}@x.example`))).length,
      2,
    )
  })
})

describe('the checkpoint', () => {
  const head = {
    version: 1,
    source: 'imap',
    fingerprint: 'f',
    ownDomains: ['acme.example'],
    startedAt: 7,
  } as const
  const { pairs, leftOut } = countLetters([letter(), letter({ isAutomatic: true })], rules)
  const step = { index: 0, cursor: '{"uid":5}', isPartDone: false, seen: 2, pairs, leftOut, skipped: null }
  const text = [
    headLine(head),
    partsLine([
      { id: 'a', title: 'A' },
      { id: 'b', title: 'B' },
    ]),
    stepLine(step),
    stepLine({ ...step, cursor: null, isPartDone: true, skipped: 'gone' }),
    stepLine({ ...step, index: 1, cursor: 'x' }),
  ].join('')
  const octets = Buffer.from(text)

  test('says where to go on, and makes itself short without loss', () => {
    const read = readJournal(octets)
    assert.equal(read?.whole, octets.length)
    assert.deepEqual(
      [read?.state.standing?.index, read?.state.standing?.cursor, read?.state.seen],
      [1, 'x', 6],
    )
    assert.equal(read?.state.collection.pairs()[0]?.count, 3)
    const again = readJournal(Buffer.from(compacted(read!.state)))
    assert.deepEqual(again?.state.collection.pairs(), read?.state.collection.pairs())
    assert.deepEqual(
      [again?.state.standing, again?.state.seen, again?.state.leftOut, again?.state.skipped],
      [read?.state.standing, read?.state.seen, read?.state.leftOut, read?.state.skipped],
    )
  })

  test('what was given up untouched is read at the end of the next run', () => {
    const gone = { ...step, cursor: null, isPartDone: true, seen: 0, pairs: [], skipped: 'no' }
    const parts = ['c', 'd', 'e'].map((id) => ({ id, title: id.toUpperCase() }))
    const before = readJournal(
      Buffer.from(
        [
          headLine(head),
          partsLine([...parts, { id: 'f', title: 'C' }]),
          stepLine({ ...gone, isUntouched: true }),
          stepLine({ ...gone, index: 1 }),
          stepLine({ ...step, index: 2 }),
        ].join(''),
      ),
    )!.state
    const next = partsAgain(before.standing!, before.skipped)
    assert.deepEqual(
      [next?.parts.map(({ id }) => id), next?.from, next?.again],
      [['d', 'e', 'f', 'c'], 1, 1],
      'by id, for titles may be alike',
    )
    const after = readJournal(Buffer.from(compacted(before) + partsLine(next!.parts, next!.from)))!.state
    assert.deepEqual([after.standing?.index, after.standing?.cursor, after.seen], [1, '{"uid":5}', 2])
    assert.deepEqual(after.skipped, [{ id: 'd', title: 'D', why: 'no', isUntouched: false }])
    assert.equal(partsAgain(after.standing!, after.skipped), null)
  })

  test('cut or altered anywhere, it holds a whole number of pages', () => {
    for (let length = 0; length < octets.length; length += 7) {
      const cut = readJournal(octets.subarray(0, length))
      if (cut !== null) assert.ok(cut.state.seen % 2 === 0 && cut.whole <= length)
    }
    const altered = Buffer.from(octets)
    altered[octets.length - 5] = 0x41
    assert.equal(readJournal(altered)?.state.seen, 4)
    assert.equal(readJournal(Buffer.from('something else\n')), null)
  })
})
