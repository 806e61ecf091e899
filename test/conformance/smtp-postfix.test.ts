// Postfix's own reference outputs, as far as they speak about what this package reads: host names,
// addresses, quoting.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainToASCII } from 'node:url'
import { formatMailbox, mailboxOf, parseMailbox } from '@gatepost/mail/address.ts'
import { parseAddressList } from '@gatepost/mail/address-list.ts'
import { encodeUtf8 } from '@gatepost/mail/bytes.ts'
import { parseCommand } from '@gatepost/mail/command.ts'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { parseIp } from '@gatepost/mail/ip.ts'
import { readTestdata, skipWithout } from './testdata.ts'

const lines = (name: string): string[] => readTestdata('smtp', 'postfix', name).toString().split('\n')

/**
 * Where we take what Postfix refuses as a numeric host name: RFC 5321 §4.1.2 has no such rule;
 * `fullyQualified` has.
 */
const isNumeric = (name: string): boolean => /^[0-9.]+$/.test(name)

test('valid_hostname: the same names are taken', {
  skip: skipWithout('smtp', 'postfix', 'valid_hostname.ref'),
}, () => {
  let checked = 0
  for (const [name, warnings] of verdicts('valid_hostname.ref')) {
    // Postfix knows wildcards of certificates; a mail domain has none (RFC 5321 §4.1.2).
    const isWildcard = name.startsWith('*')
    const refused = isWildcard || warnings.some((warning) => warning.includes('warning: valid_hostname:'))
    const options = { fullyQualified: isNumeric(name), toAscii: domainToASCII }
    assert.equal(parseDomain(name, options).ok, !refused, name)
    checked++
  }
  assert.ok(checked > 40)
})

test('valid_hostaddr: the same addresses are taken', {
  skip: skipWithout('smtp', 'postfix', 'valid_hostname.ref'),
}, () => {
  // 0.0.0.0/8 is an address to read; that nobody may connect to it is for `isPrivate` to say. Seven groups
  // are no address (RFC 4291 §2.2); Postfix counts an IPv4 tail as it comes.
  const onPurpose = new Set(['0.255.255.255', 'a:a:a:a:a:1.2.3.4'])
  for (const [text, warnings] of verdicts('valid_hostname.ref')) {
    const refused = warnings.some((warning) => /valid_(ipv[46]_)?hostaddr:/.test(warning))
    // A wildcard is not tried as an address at all.
    if (!onPurpose.has(text) && !text.includes('*')) assert.equal(parseIp(text).ok, !refused, text)
  }
})

/** Each name tested, with the warnings it got. */
function verdicts(file: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  let warnings: string[] = []
  for (const line of lines(file)) {
    const name = /testing: "(.*)"$/.exec(line)?.[1]
    if (name !== undefined) {
      warnings = []
      found.set(name, warnings)
    } else if (line.includes('warning:')) warnings.push(line)
  }
  return found
}

test('midna_domain: the same A-labels, or a refusal', {
  skip: skipWithout('smtp', 'postfix', 'midna_domain_test.ref'),
}, () => {
  let checked = 0
  for (const line of lines('midna_domain_test.ref')) {
    const match = /: "([^"]*)" ->ascii "([^"]*)"$/.exec(line)
    // A-labels that decode to nothing are taken as they are: a name nobody can look up (RFC 5891 §5.5).
    if (match === null || match[1] === 'xn--123456.example.com') continue
    const [, name = '', ascii = ''] = match
    const parsed = parseDomain(name, { toAscii: domainToASCII })
    // Other characters for the dot are mapped by Postfix and refused here: RFC 5891 §5.1 leaves the mapping
    // to user interfaces, and a name that two readers divide differently is how addresses are smuggled.
    const isRefused = ascii === '(error)' || /[\u3002\uff0e\uff61]/.test(name)
    assert.equal(parsed.ok ? parsed.value : '(error)', isRefused ? '(error)' : ascii, name)
    checked++
  }
  assert.ok(checked >= 10)
})

test('quote_822_local: local parts are quoted alike', {
  skip: skipWithout('smtp', 'postfix', 'quote_822_local.ref'),
}, () => {
  const reference = lines('quote_822_local.ref')
  const quoted = /^'(.*)@d' quoted '(.*)'$/.exec(reference[0] ?? '')
  assert.equal(formatMailbox({ localPart: quoted![1]!, domain: 'd' }), quoted![2])
  const unquoted = /^'(.*)' unquoted '(.*)@d'$/.exec(reference[2] ?? '')
  assert.deepEqual(mailboxOf(unquoted![1]!), { localPart: unquoted![2], domain: 'd' })
  // Postfix reads `"a@b@c"@d@e` as an address at e; RFC 5321 §4.1.2 has one @ behind a quoted string.
  assert.equal(mailboxOf('"a@b@c"@d@e'), null)
})

test('smtpd_token: paths that RFC 5321 has are taken, the tolerated ones refused', {
  skip: skipWithout('smtp', 'postfix', 'smtpd_token.in'),
}, () => {
  const taken = lines('smtpd_token.in').filter(
    (line) => parseCommand(encodeUtf8(line), { smtpUtf8: false }).ok,
  )
  assert.deepEqual(taken, ['mail from:<wietse@porcupine.org>', 'mail from:<"wietse venema"@porcupine.org>'])
})

test('tok822_parse: header addresses give the mailboxes Postfix sees', {
  skip: skipWithout('smtp', 'postfix', 'tok822_parse.in'),
}, () => {
  const see = (text: string) =>
    parseAddressList(text).entries.map(({ mailbox }) =>
      mailbox === null ? null : `${mailbox.localPart}@${mailbox.domain}`,
    )
  const inputs = lines('tok822_parse.in')
  for (const [input, mailboxes] of [
    ['wietse@porcupine.org', ['wietse@porcupine.org']],
    ['"wietse venema"@porcupine.org', ['wietse venema@porcupine.org']],
    ['wietse @ porcupine.org', ['wietse@porcupine.org']],
    ['"wietse venema" <wietse@porcupine.org>', ['wietse@porcupine.org']],
    ['named group: foo@bar, baz@barf;', ['foo@bar', 'baz@barf']],
    // RFC 5322 §3.2.4 has backslashes inside quotes only; nothing may be guessed from the rest.
    ['wietse\\ venema@porcupine.org', [null]],
    ['"wietse venema', [null]],
    ['wietse@[stuff', [null]],
    ['wietse@["stuff]', [null]],
  ] as const) {
    assert.ok(inputs.includes(input), `${input} is in the suite`)
    assert.deepEqual(see(input), mailboxes, input)
  }
  assert.deepEqual(see('wietse@foo (wietse\n\tvenema)'), ['wietse@foo'])
  assert.equal(parseAddressList('1 2 3', { max: 2 }).entries[0]?.mailbox, null)
  assert.equal(parseMailbox('wietse @ porcupine.org').ok, false)
})
