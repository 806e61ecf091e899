// Writes simple messages for senders and reads the few fields that a list shows.
export type Draft = {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly body: string
  readonly messageId: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** Whole further fields, without line end. */
  readonly fields?: readonly string[]
  /** A file beside the text. */
  readonly attachment?: Attachment
}

export type Attachment = { readonly name: string; readonly type: string; readonly content: string }

/** Header fields longer than this are not looked at. */
const HEADER_BYTES_MAX = 256 * 1024

const BOUNDARY = 'sandbox-part'
const TEXT_FIELDS = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit']

/** An RFC 5322 message in UTF-8 with CRLF line ends. */
export function composeMessage(draft: Draft): Buffer {
  const { attachment } = draft
  const text = draft.body.split(/\r?\n/)
  const body = attachment === undefined ? [...text, ''] : [...partsOf(text, attachment), '']
  const lines = [
    `Date: ${new Date(draft.at).toUTCString().replace('GMT', '+0000')}`,
    `From: ${draft.from}`,
    `To: ${draft.to.join(', ')}`,
    `Subject: ${draft.subject}`,
    `Message-ID: ${draft.messageId}`,
    'MIME-Version: 1.0',
    ...(attachment === undefined ? TEXT_FIELDS : [`Content-Type: multipart/mixed; boundary="${BOUNDARY}"`]),
    ...(draft.fields ?? []),
    '',
    ...body,
  ]
  return Buffer.from(lines.join('\r\n'), 'utf8')
}

function partsOf(text: readonly string[], { name, type, content }: Attachment): readonly string[] {
  const encoded =
    Buffer.from(content)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  const head = [
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
  ]
  const file = [...head, 'Content-Transfer-Encoding: base64', '', ...encoded]
  return [`--${BOUNDARY}`, ...TEXT_FIELDS, '', ...text, `--${BOUNDARY}`, ...file, `--${BOUNDARY}--`]
}

/** The header fields in their order, unfolded. Tolerant: a line that is no field is passed over. */
export function headerFields(content: Uint8Array): { readonly name: string; readonly value: string }[] {
  const bytes = Buffer.from(
    content.buffer,
    content.byteOffset,
    Math.min(content.byteLength, HEADER_BYTES_MAX),
  )
  const end = bytes.indexOf('\r\n\r\n')
  const text = bytes.subarray(0, end < 0 ? bytes.length : end).toString('utf8')
  const fields: { name: string; value: string }[] = []
  for (const line of text.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const match = /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/s.exec(line)
    if (match !== null) fields.push({ name: match[1]!, value: match[2]!.trimEnd() })
  }
  return fields
}

/** The value of the first field of that name, or ''. */
export function firstValue(content: Uint8Array, name: string): string {
  const wanted = name.toLowerCase()
  return headerFields(content).find((field) => field.name.toLowerCase() === wanted)?.value ?? ''
}
