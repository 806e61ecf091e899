// Writes small ZIP archives for tests, honest ones and others.
import { deflateRawSync } from 'node:zlib'

export type ZipInput = {
  readonly name: string
  readonly data: Uint8Array | string
  readonly isStored?: boolean
  readonly isEncrypted?: boolean
  readonly method?: number
  /** The data is deflated already. */
  readonly isPacked?: boolean
  /** What the list says instead of the truth. */
  readonly size?: number
  /** Type and rights as Unix keeps them: 0o120777 is a symbolic link. */
  readonly mode?: number
}

export function zipOf(inputs: readonly ZipInput[]): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const input of inputs) {
    const { local, entry } = memberOf(input, at)
    locals.push(local)
    central.push(entry)
    at += local.length
  }
  const list = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(inputs.length, 0xffff), 8)
  end.writeUInt16LE(Math.min(inputs.length, 0xffff), 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, list, end])
}

function memberOf(input: ZipInput, at: number): { readonly local: Buffer; readonly entry: Buffer } {
  const data = Buffer.from(input.data)
  const method = input.method ?? (input.isStored ? 0 : 8)
  const packed = method === 8 && !input.isPacked ? deflateRawSync(data) : data
  const name = Buffer.from(input.name, 'utf8')
  const flags = 0x800 | (input.isEncrypted ? 1 : 0)
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(20, 4)
  local.writeUInt16LE(flags, 6)
  local.writeUInt16LE(method, 8)
  local.writeUInt32LE(packed.length, 18)
  local.writeUInt32LE(input.size ?? data.length, 22)
  local.writeUInt16LE(name.length, 26)
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(20, 6)
  entry.writeUInt16LE(flags, 8)
  entry.writeUInt16LE(method, 10)
  entry.writeUInt32LE(packed.length, 20)
  entry.writeUInt32LE(input.size ?? data.length, 24)
  entry.writeUInt16LE(name.length, 28)
  if (input.mode !== undefined) {
    // Made by Unix: only then do the upper octets of the attributes mean a mode.
    entry.writeUInt16LE((3 << 8) | 20, 4)
    entry.writeUInt32LE((input.mode << 16) >>> 0, 38)
  }
  entry.writeUInt32LE(at, 42)
  return { local: Buffer.concat([local, name, packed]), entry: Buffer.concat([entry, name]) }
}

/** A message with one file. */
export function letterWith(file: Uint8Array, fileName: string, type = 'application/octet-stream'): Buffer {
  const body = Buffer.from(file).toString('base64').replace(/.{76}/g, '$&\r\n')
  return Buffer.concat([
    Buffer.from(
      [
        'From: bob@bright.example',
        'To: ann@acme.example',
        'Subject: papers',
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'As promised.',
        '--b',
        `Content-Type: ${type}`,
        'Content-Transfer-Encoding: base64',
        `Content-Disposition: attachment; filename="${fileName}"`,
        '',
        '',
      ].join('\r\n'),
    ),
    Buffer.from(`${body}\r\n--b--\r\n`),
  ])
}

/** The test file that every scanner knows, in two pieces so that none finds it in our sources. */
export const EICAR = `X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-${'ANTIVIRUS-TEST-FILE!$H+H*'}`
