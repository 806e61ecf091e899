// The built-in score: what plain phish and plain letters get, every contribution adding up, bounds of what is
// taught, and no content that makes it fail or slow.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Learned, packLearned, unpackLearned, WEIGHT_MAX } from './learned.ts'
import { type Lesson, learn, lessonFeatures, packLesson, unpackLesson } from './lesson.ts'
import { measure, scoreContent } from './score.ts'
import { viewOf } from './view.ts'

const mail = (header: readonly string[], body: string) => ({
  content: Buffer.from(`${header.join('\r\n')}\r\nMIME-Version: 1.0\r\n\r\n${body}`),
  reversePath: null,
  helo: '',
  clientIp: '',
  authentication: null,
})

const letter = mail(
  [
    'From: Ann Berg <ann@bright.example>',
    'To: bob@acme.example',
    'Subject: Re: Agenda for Thursday',
    'Message-ID: <1@bright.example>',
    'In-Reply-To: <2@acme.example>',
    'Content-Type: text/plain; charset=utf-8',
  ],
  'Hi Bob,\r\n\r\nthe room is booked, see you at ten.\r\n\r\nRegards,\r\nAnn\r\n\r\n> Shall we meet on Thursday?\r\n',
)

const phish = (subject: string, text: string, button: string) =>
  mail(
    [
      'From: "Account Support" <x9f2k1@kd83hs-mail.top>',
      'To: bob@acme.example',
      `Subject: ${subject}`,
      'Message-ID: <1@kd83hs-mail.top>',
      'Content-Type: text/html; charset=utf-8',
    ],
    `<html><body><p>${text}</p><a href="https://secure-login-update.web.app/x?u=bob@acme.example">${button}</a></body></html>`,
  )

const lures: readonly (readonly [string, string, string, string])[] = [
  [
    'English',
    'Your account has been limited',
    'Dear customer, we noticed unusual activity. Verify your account within 24 hours or it will be closed.',
    'Click here',
  ],
  [
    'Portuguese',
    'Aviso: sua conta foi bloqueada',
    'Prezado cliente, por motivos de segurança seu acesso foi suspenso. Atualize seus dados cadastrais em 24 horas.',
    'Clique aqui',
  ],
  [
    'German',
    'Ihr Konto wurde gesperrt',
    'Sehr geehrter Kunde, Ihr Konto wurde gesperrt. Bestätigen Sie Ihre Daten innerhalb von 24 Stunden.',
    'Klicken Sie hier',
  ],
  [
    'Spanish',
    'Su cuenta ha sido bloqueada',
    'Estimado cliente, su cuenta ha sido bloqueada. Verifique su identidad en las próximas 24 horas.',
    'Haga clic aquí',
  ],
  [
    'French',
    'Votre compte est suspendu',
    'Cher client, votre compte est suspendu. Veuillez confirmer vos informations sous 24 heures.',
    'Cliquez ici',
  ],
]

describe('score', () => {
  for (const [language, subject, text, button] of lures) {
    test(`phish in ${language} is far above moderate`, () => {
      const { score } = scoreContent(phish(subject, text, button), null)
      assert.ok(score > 7, `${score}`)
    })
  }

  test('a letter that answers ours is far below', () => {
    assert.ok(scoreContent(letter, null).score < 0)
  })

  test('contributions add up to the score and say what was seen', () => {
    const [, subject, text, button] = lures[0]!
    const { score, contributions } = scoreContent(phish(subject, text, button), null)
    const told = contributions.reduce((sum, { points }) => sum + points, 0)
    assert.ok(Math.abs(told - score) < 1, `${told} of ${score}`)
    const greeting = contributions.find(({ name }) => name === 'Greets nobody by name')
    assert.equal(greeting?.saw, 'dear customer')
    assert.ok(contributions.some(({ saw }) => saw.includes('secure-login-update.web.app')))
  })

  test('authentication counts where it is known', () => {
    const failed = {
      spf: 'fail',
      spfDomain: 'bright.example',
      spfAligned: false,
      dkim: [],
      dmarc: { result: 'fail', policy: 'none', domain: 'bright.example' },
      arc: 'none',
    } as const
    const known = scoreContent({ ...letter, authentication: failed }, null)
    assert.ok(known.score > scoreContent(letter, null).score + 1)
  })

  test('the date is no sign', () => {
    const dated = (year: string) => ({
      ...letter,
      content: Buffer.from(`Date: Thu, 01 Jan ${year} 00:00:00 +0000\r\n${letter.content.toString()}`),
    })
    assert.equal(scoreContent(dated('1999'), null).score, scoreContent(dated('2026'), null).score)
  })

  test('odd content is scored all the same', () => {
    const odd = [
      '',
      '\r\n',
      '\0'.repeat(5000),
      'From: \r\n'.repeat(500),
      `Subject: ${'=?utf-8?b?'.repeat(2000)}`,
    ]
    odd.push(`Content-Type: text/html\r\n\r\n${'<a href=http://'.repeat(20_000)}`)
    odd.push(`Content-Type: text/plain\r\n\r\n${'your '.repeat(60_000)}`)
    for (const content of odd) {
      const { score } = scoreContent({ ...letter, content: Buffer.from(content) }, null)
      assert.ok(Number.isFinite(score), content.slice(0, 20))
    }
  })
})

test('a link that shows another site than it leads to is noticed, one to its own site is not', () => {
  const link = (href: string, shown: string) => {
    const body = `<p>Hello</p><a href="${href}">${shown}</a>`
    return measure(mail(['From: a@bright.example', 'Content-Type: text/html'], body)).features
  }
  assert.ok(link('http://evil.example/x', 'www.bank.example').has('link-shows-other-host'))
  assert.ok(!link('https://www.bank.example/x', 'bank.example').has('link-shows-other-host'))
  assert.ok(!link('https://www.bank.example/x', 'read more').has('link-shows-other-host'))
})

test('quoted lines are no words of the sender', () => {
  assert.equal(viewOf(letter).text.includes('Shall we meet'), false)
})

describe('lessons', () => {
  const lessonOf = (content: string, isSpam: boolean): Lesson => {
    const measured = measure({ ...letter, content: Buffer.from(content) })
    return { isSpam, odds: measured.odds, weight: 1, ...lessonFeatures(measured) }
  }
  const offer = (n: number) =>
    `From: News <n@shop${n}.example>\r\nSubject: Garden offers ${n}\r\n\r\nNew tulip bulbs and garden hoses this week.\r\n`
  const wanted = (n: number) =>
    `From: P <p${n}@bright.example>\r\nSubject: Bridge plans ${n}\r\n\r\nThe plans of the bridge are ready, concrete and steel.\r\n`
  const taught = (count: number) =>
    Array.from({ length: count }, (_, n) => [lessonOf(offer(n), true), lessonOf(wanted(n), false)]).flat()

  test('too few of a kind teach nothing', () => {
    assert.equal(learn(taught(4)), null)
    assert.equal(
      learn([...taught(4), ...Array.from({ length: 50 }, (_, n) => lessonOf(offer(n), true))]),
      null,
    )
  })

  test('what was taught moves mail like it, within bounds, and says by which words', () => {
    const learned = learn(taught(30))!
    const scored = (content: string, by: Learned | null) =>
      scoreContent({ ...letter, content: Buffer.from(content) }, by)
    const before = scored(offer(99), null)
    const after = scored(offer(99), learned)
    assert.ok(after.score > before.score + 0.5, `${before.score} → ${after.score}`)
    assert.ok(after.score <= before.score + learned.most + 0.01)
    assert.ok(scored(wanted(99), learned).score <= scored(wanted(99), null).score)
    const told = after.contributions.find(({ name }) => name === 'What your organisation taught')
    assert.match(told?.saw ?? '', /garden|tulip|bulbs|hoses|offers|shop/)
    for (const weight of learned.weights.values()) assert.ok(Math.abs(weight) <= WEIGHT_MAX)
  })

  test('a lesson taken back leaves no trace', () => {
    const lessons = taught(10)
    const without = learn(lessons)
    const extra = lessonOf('From: x@y.example\r\nSubject: Odd\r\n\r\nodd words\r\n', true)
    assert.notDeepEqual(learn([...lessons, extra]), without)
    assert.deepEqual(learn(lessons), without)
  })

  test('lessons and weights survive being packed', () => {
    const { buckets, values } = lessonOf(offer(1), true)
    const read = unpackLesson(packLesson(buckets, values))
    assert.deepEqual(read.buckets, buckets)
    assert.ok(read.values.every((value, at) => Math.abs(value - values[at]!) < 0.01))
    const learned = learn(taught(10))!
    const again = unpackLearned(packLearned(learned))!
    assert.ok(Math.abs(again.most - learned.most) < 0.01)
    for (const [bucket, weight] of again.weights) {
      assert.ok(Math.abs(weight - learned.weights.get(bucket)!) < WEIGHT_MAX / 127)
    }
    assert.equal(unpackLearned('AAAA'), null)
  })
})
