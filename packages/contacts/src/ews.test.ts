// Exchange's web service against a local server that speaks its forms: NTLM, impersonation, pages, busy
// servers, faults as Exchange words them.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createEws, type EwsSettings, onlineRefusal } from './ews.ts'
import { faultOf } from './ews-ask.ts'
import type { SourceFault } from './source.ts'
import { type Asked, readAll, startScripted, type Told, testEffects } from './web.fixture.ts'
import { childOf, parseXml } from './xml.ts'

const TESTDATA = process.env.GATEPOST_TESTDATA ?? resolve(import.meta.dirname, '../../../../shared/testdata')
const FORMS = join(TESTDATA, 'ews', 'exchangelib')

let script: (asked: Asked) => Told | null = () => null
let server: Awaited<ReturnType<typeof startScripted>>
/** Connections that have shaken hands. */
const signedIn = new WeakSet<object>()
let handshakes = 0
before(async () => {
  server = await startScripted((asked) => gate(asked) ?? script(asked) ?? exchange(asked))
})
after(() => server.stop())

/** Basic by password; NTLM by its three messages on one connection. */
function gate({ request }: Asked): Told | null {
  const said = request.headers.authorization ?? ''
  if (said === `Basic ${Buffer.from('CORP\\reader:pass:word').toString('base64')}`) return null
  if (signedIn.has(request.socket)) return null
  const refused = (value: string): Told => ({ status: 401, headers: { 'www-authenticate': value } })
  if (!said.startsWith('NTLM ')) return refused('Negotiate, NTLM')
  const message = Buffer.from(said.slice(5), 'base64')
  if (message.readUInt32LE(8) === 1) return refused(`NTLM ${challenge()}`)
  if (!isGoodProof(message, request)) return refused('NTLM')
  signedIn.add(request.socket)
  handshakes += 1
  return null
}

/** A type 2 message with target information, as Windows sends it. */
function challenge(): string {
  const target = Buffer.from('CORP', 'utf16le')
  const info = Buffer.concat([Buffer.from([2, 0, target.length, 0]), target, Buffer.from([0, 0, 0, 0])])
  const head = Buffer.alloc(48)
  head.write('NTLMSSP\0', 0, 'latin1')
  head.writeUInt32LE(2, 8)
  head.writeUInt16LE(target.length, 12)
  head.writeUInt16LE(target.length, 14)
  head.writeUInt32LE(48, 16)
  // Unicode, NTLM2, target information.
  head.writeUInt32LE(0x1 | 0x4 | 0x200 | 0x80000 | 0x800000, 20)
  Buffer.from('0123456789abcdef', 'hex').copy(head, 24)
  head.writeUInt16LE(info.length, 40)
  head.writeUInt16LE(info.length, 42)
  head.writeUInt32LE(48 + target.length, 44)
  return Buffer.concat([head, target, info]).toString('base64')
}

function isGoodProof(message: Buffer, _request: IncomingMessage): boolean {
  const text = message.toString('utf16le') + message.subarray(1).toString('utf16le')
  return (
    message.readUInt32LE(8) === 3 &&
    text.includes('reader') &&
    text.includes('CORP') &&
    message.readUInt16LE(20) > 24
  )
}

const SPACES = [
  'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"',
  'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"',
  'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"',
].join(' ')
const soap = (body: string): string =>
  `<?xml version="1.0"?><s:Envelope ${SPACES}><s:Body>${body}</s:Body></s:Envelope>`
/** The answer of an operation with these messages. */
const responses = (name: string, messages: string): string =>
  soap(`<m:${name}Response><m:ResponseMessages>${messages}</m:ResponseMessages></m:${name}Response>`)
const failure = (name: string, code: string): string =>
  responses(
    name,
    `<m:${name}ResponseMessage ResponseClass="Error"><m:MessageText>So it is.</m:MessageText>` +
      `<m:ResponseCode>${code}</m:ResponseCode></m:${name}ResponseMessage>`,
  )

const success = (name: string, content: string): string =>
  `<m:${name}ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>` +
  `${content}</m:${name}ResponseMessage>`

const ITEMS = 450

/** An Exchange with 450 sent items that gives 200 a page. */
function exchange({ body }: Asked): Told {
  const who = /<t:PrimarySmtpAddress>([^<]+)</.exec(body)?.[1] ?? ''
  if (who === 'nobody@acme.example') return { body: failure('FindItem', 'ErrorNonExistentMailbox') }
  if (body.includes('<m:FindItem')) {
    const offset = Number(/Offset="(\d+)"/.exec(body)?.[1] ?? 0)
    const end = Math.min(ITEMS, offset + 200)
    const ids = Array.from(
      { length: end - offset },
      (_, n) => `<t:Message><t:ItemId Id="a+/${offset + n}=&amp;" ChangeKey="c"/></t:Message>`,
    )
    const range = `IndexedPagingOffset="${end}" TotalItemsInView="${ITEMS}"`
    const folder =
      `<m:RootFolder ${range} IncludesLastItemInRange="${end === ITEMS}">` +
      `<t:Items>${ids.join('')}</t:Items></m:RootFolder>`
    return { body: responses('FindItem', success('FindItem', folder)) }
  }
  const ids = [...body.matchAll(/<t:ItemId Id="a\+\/(\d+)=&amp;"/g)].map((match) => Number(match[1]))
  const messages = ids.map((n) => success('GetItem', `<m:Items>${itemOf(n)}</m:Items>`))
  return { body: responses('GetItem', messages.join('')) }
}

function itemOf(n: number): string {
  const mailbox = (
    address: string,
    more = '<t:RoutingType>SMTP</t:RoutingType><t:MailboxType>OneOff</t:MailboxType>',
  ) => `<t:Mailbox><t:Name>P &amp; Q</t:Name><t:EmailAddress>${address}</t:EmailAddress>${more}</t:Mailbox>`
  const ex = mailbox('/O=ACME/CN=LEO', '<t:RoutingType>EX</t:RoutingType>')
  const list = mailbox(
    'all@x.example',
    '<t:RoutingType>SMTP</t:RoutingType><t:MailboxType>PublicDL</t:MailboxType>',
  )
  const type = n === 3 ? 'REPORT.IPM.Note.NDR' : 'IPM.Note'
  const element = n % 50 === 1 ? 'MeetingRequest' : 'Message'
  const recipients = [
    `<t:ToRecipients>${mailbox(`p${n}@x.example`)}${ex}${list}</t:ToRecipients>`,
    `<t:BccRecipients>${mailbox(`b&apos;${n}@x.example`)}</t:BccRecipients>`,
  ]
  const about = `<t:Subject>Hi</t:Subject><t:DateTimeSent>2026-01-02T03:04:05Z</t:DateTimeSent>`
  const head = `<t:ItemId Id="x"/><t:ItemClass>${type}</t:ItemClass>${about}`
  const from = `<t:From>${mailbox('maya@acme.example')}</t:From>`
  return `<t:${element}>${head}${from}${recipients.join('')}</t:${element}>`
}

const source = (
  method: 'ntlm' | 'basic',
  effects = testEffects(),
  mailboxes = ['Maya@acme.example', 'nobody@acme.example'],
) =>
  createEws(
    {
      url: `${server.url}/EWS/Exchange.asmx`,
      login: { method, userName: 'CORP\\reader', password: 'pass:word' },
      mailboxes,
      authority: null,
    },
    { until: Date.UTC(2026, 10, 22), since: Date.UTC(2020, 0, 1) },
    effects,
  )

describe('Sent Items by EWS', { timeout: 240_000 }, () => {
  test('NTLM, impersonation, pages of 200, addresses of every kind', async () => {
    script = () => null
    handshakes = 0
    const all = await readAll(source('ntlm'))
    assert.equal(handshakes, 1)
    assert.equal(all.letters.length, ITEMS)
    assert.deepEqual(all.letters[0]?.recipients, ['p0@x.example', "b'0@x.example"])
    assert.equal(all.letters[0]?.at, Date.UTC(2026, 0, 2, 3, 4, 5))
    assert.equal(all.letters.filter(({ isAutomatic }) => isAutomatic).length, 1)
    assert.match(all.skipped[0] ?? '', /nobody@acme\.example: Exchange says ErrorNonExistentMailbox/)
    const anew = await readAll(source('basic'), { anew: true })
    assert.deepEqual(anew.letters, all.letters)
  })

  test('a busy server is waited for as it asks, in every form it has', async () => {
    const types = 'http://schemas.microsoft.com/exchange/services/2006/types'
    const errors = 'http://schemas.microsoft.com/exchange/services/2006/errors'
    const busy =
      `<s:Fault><faultcode xmlns:a="${types}">a:ErrorServerBusy</faultcode><faultstring>busy</faultstring>` +
      `<detail><e:ResponseCode xmlns:e="${errors}">ErrorServerBusy</e:ResponseCode><t:MessageXml>` +
      `<t:Value Name="BackOffMilliseconds">4321</t:Value></t:MessageXml></detail></s:Fault>`
    const told: Told[] = [
      { status: 500, body: soap(busy) },
      { status: 503, headers: { 'retry-after': '9' } },
      { body: failure('FindItem', 'ErrorTimeoutExpired') },
    ]
    script = () => told.shift() ?? null
    const effects = testEffects()
    assert.equal((await readAll(source('basic', effects))).letters.length, ITEMS)
    assert.deepEqual(effects.pauses, [4_321, 9_000, 2_000])
  })

  test('a missing role, a wrong password and a page that is none say what to do', async () => {
    script = () => ({
      status: 500,
      body: soap(
        '<s:Fault><faultcode>a:ErrorImpersonateUserDenied</faultcode><faultstring>no</faultstring></s:Fault>',
      ),
    })
    await assert.rejects(readAll(source('basic')), /ApplicationImpersonation/)
    script = () => ({ status: 404, body: '<html>' })
    await assert.rejects(readAll(source('basic')), /ends in \/EWS\/Exchange\.asmx/)
    script = () => null
    const wrong = createEws(
      {
        url: server.url,
        login: { method: 'basic', userName: 'eve', password: 'x' },
        mailboxes: ['a@acme.example'],
        authority: null,
      },
      { until: 0, since: null },
      testEffects(),
    )
    await assert.rejects(readAll(wrong), /refuses the sign-in of eve/)
  })

  test('Exchange Online is refused, with the reason and the way', () => {
    for (const host of [
      'outlook.office365.com',
      'Outlook.Office365.com',
      'mail.outlook.com',
      'outlook.office365.us',
      'partner.outlook.cn',
    ])
      assert.match(
        onlineRefusal(`https://${host}/EWS/Exchange.asmx`)?.message ?? '',
        /2026-10-01.*2027-04-01.*graph-sent/,
      )
    assert.equal(onlineRefusal('https://mail.acme.example/EWS/Exchange.asmx'), null)
    assert.equal(onlineRefusal('https://notoutlook.com.acme.example/'), null)
  })

  test('XML bombs, entities and outer documents are not expanded', () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x><y>&b;</y></x>`
    const node = childOf(parseXml(bomb), 'x')
    assert.ok(JSON.stringify(node ?? {}).length < 100)
  })

  const kept = existsSync(FORMS) ? false : 'testdata/ews is not here'
  test('faults in the forms of testdata/ews', { skip: kept }, () => {
    const form = readFileSync(join(FORMS, 'services-L208-Fault.xml'), 'utf8')
    const codes: readonly (readonly [string, SourceFault['reach']])[] = [
      ['ErrorServerBusy', 'passing'],
      ['ErrorNonExistentMailbox', 'part'],
      ['ErrorAccessDenied', 'part'],
      ['ErrorImpersonateUserDenied', 'fatal'],
      ['ErrorInvalidServerVersion', 'fatal'],
    ]
    for (const [code, reach] of codes) {
      const text = form.replace('{responsecode}', code).replace('{message}', 'A word.')
      const fault = childOf(parseXml(text), 'Envelope', 'Body', 'Fault')
      assert.ok(fault, code)
      const read = faultOf(code, fault)
      assert.equal(read.reach, reach, code)
      assert.match(read.saw, /A word\./)
    }
    for (const name of ['services-L140-Fault.xml', 'services-L259-Fault.xml', 'services-L111-Fault.xml'])
      assert.ok(parseXml(readFileSync(join(FORMS, name), 'utf8')), name)
  })
})

/** An address list of 250 names, of which one answer holds 100; and address books with a folder below. */
function organisation({ body }: Asked): Told | null {
  if (body.includes('<m:ResolveNames')) {
    assert.equal(body.includes('ExchangeImpersonation'), false, 'asked by the account itself')
    const beginning = /<m:UnresolvedEntry>([^<]*)</.exec(body)?.[1] ?? ''
    const names = NAMES.filter((name) => name.startsWith(beginning))
    if (names.length === 0) return { body: failure('ResolveNames', 'ErrorNameResolutionNoResults') }
    const shown = names.slice(0, 100)
    const resolutions = shown.map((name) => {
      const type = name.endsWith('7') ? 'PublicDL' : 'Mailbox'
      return (
        `<t:Resolution><t:Mailbox><t:Name>${name}</t:Name><t:EmailAddress>${name}@acme.example</t:EmailAddress>` +
        `<t:RoutingType>SMTP</t:RoutingType><t:MailboxType>${type}</t:MailboxType></t:Mailbox></t:Resolution>`
      )
    })
    const whole = shown.length === names.length
    const set =
      `<m:ResolutionSet TotalItemsInView="${shown.length}" IncludesLastItemInRange="${whole}">` +
      `${resolutions.join('')}</m:ResolutionSet>`
    const message =
      `<m:ResolveNamesResponseMessage ResponseClass="Warning">` +
      `<m:ResponseCode>ErrorNameResolutionMultipleResults</m:ResponseCode>` +
      `${set}</m:ResolveNamesResponseMessage>`
    return { body: responses('ResolveNames', message) }
  }
  if (body.includes('<m:FindFolder')) {
    const folder = '<t:ContactsFolder><t:FolderId Id="below&amp;" ChangeKey="c"/></t:ContactsFolder>'
    return {
      body: responses(
        'FindFolder',
        success('FindFolder', `<m:RootFolder><t:Folders>${folder}</t:Folders></m:RootFolder>`),
      ),
    }
  }
  if (!body.includes('contacts:EmailAddress')) return null
  const entry = (key: number, address: string, more = '') =>
    `<t:Entry Key="EmailAddress${key}"${more}>${address}</t:Entry>`
  const entries = body.includes('below&amp;')
    ? entry(1, 'below@partner.example')
    : entry(1, 'first@partner.example') +
      entry(2, '/O=ACME/CN=X', ' RoutingType="EX"') +
      entry(3, 'no-reply@shop.example')
  const contact = `<t:Contact><t:ItemId Id="c1"/><t:EmailAddresses>${entries}</t:EmailAddresses></t:Contact>`
  const folder =
    `<m:RootFolder TotalItemsInView="1" IncludesLastItemInRange="true">` +
    `<t:Items>${contact}</t:Items></m:RootFolder>`
  return { body: responses('FindItem', success('FindItem', folder)) }
}

const settings = (change: Partial<EwsSettings>): EwsSettings => ({
  url: `${server.url}/EWS/Exchange.asmx`,
  login: { method: 'ntlm', userName: 'CORP\\reader', password: 'pass:word' },
  mailboxes: ['maya@acme.example'],
  authority: null,
  ...change,
})

const NAMES = Array.from({ length: 250 }, (_, n) => `p${String(n).padStart(3, '0')}`)

describe('the whole organisation', () => {
  after(() => {
    script = () => null
  })

  test('mailboxes are listed by the server itself, lists left out, also while it is busy', async () => {
    let busy = 2
    script = (asked) => {
      if (!asked.body.includes('<m:ResolveNames') || busy === 0) return organisation(asked)
      busy -= 1
      return { body: failure('ResolveNames', 'ErrorServerBusy') }
    }
    const source = createEws(settings({ mailboxes: null }), { until: 0, since: null }, testEffects())
    const parts = await source.parts(new AbortController().signal)
    await source.close()
    assert.deepEqual(
      parts.map(({ id }) => id),
      NAMES.filter((name) => !name.endsWith('7')).map((name) => `${name}@acme.example`),
    )
  })

  test('address books by an option: all folders, addresses of the internet', async () => {
    script = organisation
    const options = { until: Date.UTC(2026, 10, 22), since: null, contacts: true }
    const read = await readAll(
      createEws(settings({ mailboxes: ['maya@acme.example'] }), options, testEffects()),
    )
    assert.deepEqual(read.parts, ['maya@acme.example', 'maya@acme.example (contacts)'])
    const books = read.letters.filter(({ isContact }) => isContact)
    assert.deepEqual(
      books.map(({ owner, recipients }) => [owner, recipients]),
      [
        ['maya@acme.example', ['first@partner.example', 'no-reply@shop.example']],
        ['maya@acme.example', ['below@partner.example']],
      ],
    )
  })

  test('a refused proof by NTLM without TLS says what to do', async () => {
    script = () => null
    const wrong = { method: 'ntlm', userName: 'CORP\\other', password: 'x' } as const
    const source = createEws(settings({ login: wrong }), { until: 0, since: null }, testEffects())
    await assert.rejects(
      readAll(source),
      /Check user name and password first.*give the address with https: .*Extended Protection/,
    )
  })
})
