// Mail as Outlook packs it: a winmail.dat (MS-OXTNEF) of so many attributes, and a message around it.

type Packed = {
  readonly subject: string
  readonly text: string
  readonly files: readonly { readonly name: string; readonly octets: Buffer }[]
}

const [MESSAGE, ATTACHMENT] = [1, 2]

/** The octets of a winmail.dat. */
export function winmailOf({ subject, text, files }: Packed): Buffer {
  const signature = Buffer.from([0x78, 0x9f, 0x3e, 0x22, 1, 0])
  const own = [
    attribute(MESSAGE, 0x18004, Buffer.from(`${subject}\0`, 'latin1')),
    attribute(MESSAGE, 0x2800c, Buffer.from(`${text}\0`, 'latin1')),
  ]
  const attached = files.flatMap(({ name, octets }) => [
    attribute(ATTACHMENT, 0x69002, Buffer.alloc(14)),
    attribute(ATTACHMENT, 0x18010, Buffer.from(`${name}\0`, 'latin1')),
    attribute(ATTACHMENT, 0x6800f, octets),
  ])
  return Buffer.concat([signature, ...own, ...attached])
}

/** A message whose words are all inside. */
export function packedMessage(packed: Packed): string {
  return [
    'From: Bob Bright <bob@bright.example>',
    'To: ann@acme.example',
    'Subject: A message of Outlook',
    'Date: Mon, 16 Nov 2026 09:30:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: application/ms-tnef; name="winmail.dat"',
    'Content-Disposition: attachment; filename="winmail.dat"',
    'Content-Transfer-Encoding: base64',
    '',
    ...winmailOf(packed)
      .toString('base64')
      .match(/.{1,76}/g)!,
    '',
  ].join('\n')
}

function attribute(level: number, id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head[0] = level
  head.writeUInt32LE(id, 1)
  head.writeUInt32LE(value.length, 5)
  const sum = Buffer.alloc(2)
  sum.writeUInt16LE(value.reduce((total, octet) => total + octet, 0) & 0xffff)
  return Buffer.concat([head, value, sum])
}
