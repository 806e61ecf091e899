// What is inside winmail.dat: forms that we write ourselves, and samples of mail programs.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decompressRtf, textOfRtf } from './rich-text.ts'
import { isTnef, readTnef } from './tnef.ts'

const samples = join(process.env.GATEPOST_TESTDATA ?? '../shared/testdata', 'mime', 'tnef')

test('rich text is read as words', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['paragraphs', '{\\rtf1\\ansi one\\par two\\line three}', 'one\ntwo\nthree'],
    ['fonts and colours aside', '{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\colortbl;\\red0;}words}', 'words'],
    ['groups for other programs', '{\\rtf1{\\*\\generator Riched20;}words}', 'words'],
    ['letters of a page', "{\\rtf1\\ansicpg1252 M\\'fcnchen}", 'München'],
    ['letters of two octets', "{\\rtf1\\ansicpg932 \\'93\\'fa}", '日'],
    ['letters by number, with a stand-in', '{\\rtf1 \\u8364?5}', '€5'],
    ['no stand-in where none is said', '{\\rtf1{\\uc0 \\u22865\\u32004}}', '契約'],
    ['HTML within', '{\\rtf1\\fromhtml1{\\*\\htmltag64 <p>}\\htmlrtf\\par\\htmlrtf0 words}', 'words'],
    ['signs', '{\\rtf1 a\\{b\\}c\\\\d\\~e}', 'a{b}c\\d e'],
    ['what is cut', '{\\rtf1 words{\\b more', 'wordsmore'],
  ]
  for (const [name, rtf, text] of table) assert.equal(textOfRtf(rtf), text, name)
})

test('compressed rich text is undone', () => {
  // The example of MS-OXRTFCP 3.1.1.
  const octets = Buffer.from(
    '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0',
    'hex',
  )
  assert.equal(decompressRtf(octets), '{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n')
  assert.equal(textOfRtf(decompressRtf(octets)!), 'hello world')
  for (let cut = 0; cut < octets.length; cut += 1) decompressRtf(octets.subarray(0, cut))
  assert.equal(decompressRtf(Buffer.from('nothing of that kind')), null)
})

test('samples: subject, text, files', { skip: !existsSync(samples) && 'component missing: testdata' }, () => {
  const read = (name: string) => readTnef(readFileSync(join(samples, `${name}.tnef`)))
  const body = read('body')
  assert.equal(body.subject, 'Bill of Rights')
  assert.match(body.html, /Congress shall make no law/)
  assert.deepEqual(
    read('two-files').files.map(({ name, octets }) => [name, octets.length]),
    [
      ['AUTHORS', 244],
      ['README', 893],
    ],
  )
  const polish = read('unicode-mapi-attr-name')
  assert.equal(polish.subject, 'RE: [ZGLOSZENIE] THU#29044 Aktualizacja numerów w dodatkowych panelach')
  assert.deepEqual(
    polish.files.map(({ name }) => name),
    ['spaconsole2.cfg', 'image001.png', 'image002.png', 'image003.png'],
  )
  assert.equal(read('triples').text.trim(), 'Sample description')
  const asked = read('long-filename')
  assert.match(textOfRtf(decompressRtf(asked.rtf!)!), /Do you need something more permanent\?/)
  assert.equal(read('garbage-at-end').isBroken, true)
})

test('no octets break it', { skip: !existsSync(samples) && 'component missing: testdata' }, () => {
  for (const name of readdirSync(samples).filter((one) => one.endsWith('.tnef'))) {
    const whole = readFileSync(join(samples, name))
    assert.equal(isTnef(whole), true, name)
    for (let cut = 0; cut < whole.length; cut += 1 + Math.floor(whole.length / 6)) {
      readTnef(whole.subarray(0, cut))
      const changed = Buffer.from(whole)
      changed[cut] = 0xff
      const { rtf } = readTnef(changed)
      if (rtf !== null) textOfRtf(decompressRtf(rtf) ?? '')
    }
  }
})
