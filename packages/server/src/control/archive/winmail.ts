// What a message packed by Outlook says and holds, for the index and for the page: winmail.dat opened.
import { textOfHtml } from '@gatepost/mail/html-text.ts'
import { decodedBody, type MimePart } from '@gatepost/mail/mime.ts'
import { decompressRtf, textOfRtf } from '@gatepost/mail/rich-text.ts'
import { isTnef, readTnef, type Tnef } from '@gatepost/mail/tnef.ts'

/** Octets of winmail.dat that are opened; what lies behind is kept, and not searched. */
const OPENED_OCTETS_MAX = 16 * 1_048_576
const TEXT_MAX = 400_000

/** Whether a part says that it is of that kind. */
export function isWinmail({ type, fileName }: Pick<MimePart, 'type' | 'fileName'>): boolean {
  return (
    type === 'application/ms-tnef' ||
    type === 'application/vnd.ms-tnef' ||
    fileName?.toLowerCase() === 'winmail.dat'
  )
}

/** Opens a part; null where it is not what it says. */
export function winmailIn(octets: Uint8Array, part: MimePart): Tnef | null {
  const { octets: body } = decodedBody(octets, part, OPENED_OCTETS_MAX)
  return isTnef(body) ? readTnef(body) : null
}

/** What it says: plain where that was written, else from HTML or rich text. Messages within follow. */
export function textOfTnef({ subject, text, html, rtf, messages }: Tnef): string {
  const own = text.trim() !== '' ? text : html !== '' ? textOfHtml(html, TEXT_MAX).text : richText(rtf)
  const inner = messages.map(textOfTnef)
  return [subject, own, ...inner]
    .filter((one) => one !== '')
    .join('\n')
    .slice(0, TEXT_MAX)
    .toWellFormed()
}

/** Files with their sizes, those of messages within too. */
export function filesOfTnef({ files, messages }: Tnef): readonly { name: string; size: number }[] {
  const own = files.map(({ name, octets }) => ({ name, size: octets.length }))
  return [...own, ...messages.flatMap(filesOfTnef)].filter(({ name }) => name !== '')
}

function richText(rtf: Uint8Array | null): string {
  const text = rtf === null ? null : decompressRtf(rtf)
  return text === null ? '' : textOfRtf(text)
}
