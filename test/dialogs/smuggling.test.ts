// The twelve wrong ends of data of the open test data (reliability §3, case 1): none ends DATA, none passes.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { runDialog } from './run.ts'

const testdata = process.env.GATEPOST_TESTDATA ?? resolve(import.meta.dirname, '../../../shared/testdata')
const file = join(testdata, 'smtp/smuggling-terminators.json')
type Terminator = { readonly name: string; readonly bytes_b64: string }

if (!existsSync(file)) test('wrong ends of data', { skip: `${file} is not there` }, () => undefined)
else {
  for (const { name, bytes_b64 } of JSON.parse(readFileSync(file, 'utf8')) as Terminator[]) {
    const wrong = [...Buffer.from(bytes_b64, 'base64')]
      .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
      .join('')
    const status = name.includes('nul') ? '5.6.0' : '5.5.2'
    test(`wrong end of data: ${name}`, () =>
      runDialog(`
tenant acme.example: users ann
client 192.0.2.1
> EHLO mx.sender.example            < 250
> MAIL FROM:<bob@sender.example>    < 250
> RCPT TO:<ann@acme.example>        < 250
> DATA                              < 354
>> "Subject: one\\r\\n\\r\\nhello${wrong}MAIL FROM:<boss@acme.example>\\r\\nRCPT TO:<ann@acme.example>\\r\\n"
>> "DATA\\r\\nSubject: two\\r\\n\\r\\n.\\r\\n"
< 554 ${status}
@ nothing accepted
@ event edge.smuggling.refused
> NOOP                              < 250
`))
  }
}
