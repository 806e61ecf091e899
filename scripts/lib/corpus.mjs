// Reads a folder of mail for teaching and measuring: index.csv beside ham.tar.gz and spam.tar.gz, as
// testdata/mail-corpus-dev has it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** The messages in the order of the index; null where the folder is absent. */
export function readCorpus(folder) {
  if (!existsSync(join(folder, 'index.csv'))) return null
  const files = new Map()
  for (const name of ['ham.tar.gz', 'spam.tar.gz'])
    readTar(gunzipSync(readFileSync(join(folder, name))), files)
  const [head, ...rows] = readFileSync(join(folder, 'index.csv'), 'utf8').trim().split('\n')
  const columns = head.split(',')
  return rows.flatMap((row) => {
    const cells = row.split(',')
    const cell = (name) => cells[columns.indexOf(name)] ?? ''
    const content = files.get(cell('file'))
    if (content === undefined) return []
    return [
      {
        file: cell('file'),
        label: cell('label'),
        stratum: cell('stratum'),
        clientIp: cell('client_ip'),
        helo: cell('helo'),
        reversePath: cell('mail_from') || null,
        content,
      },
    ]
  })
}

/** Plain ustar: blocks of 512 octets, a header before each file. */
function readTar(octets, files) {
  for (let at = 0; at + 512 <= octets.length; ) {
    const name = textAt(octets, at, 100)
    if (name === '') break
    const size = Number.parseInt(textAt(octets, at + 124, 12), 8) || 0
    const prefix = textAt(octets, at + 345, 155)
    if (octets[at + 156] === 0x30 || octets[at + 156] === 0) {
      files.set(
        `${prefix === '' ? '' : `${prefix}/`}${name}`.replace(/^\.\//, ''),
        octets.subarray(at + 512, at + 512 + size),
      )
    }
    at += 512 + Math.ceil(size / 512) * 512
  }
}

function textAt(octets, from, length) {
  return octets.toString('latin1', from, from + length).replace(/[\0 ].*$/s, '')
}
