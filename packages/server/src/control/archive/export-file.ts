// The file of an export: a zip of EML files, or one mbox (RFC 4155, with `>From ` quoted as mboxrd does).
import { ZIP_BYTES_MAX, ZIP_FILES_MAX, ZipWriter } from './zip-write.ts'

export type Exported = {
  readonly id: string
  readonly at: number
  readonly subject: string
  readonly author: string | null
}

export type ExportFile = {
  /** What is to be written for a message. */
  add(message: Exported, content: Uint8Array): Uint8Array[]
  /** No more fits. */
  readonly isFull: boolean
  end(): Uint8Array[]
}

const NAME_MAX = 60

export function exportFile(format: 'zip' | 'mbox'): ExportFile {
  return format === 'zip' ? zipFile() : mboxFile()
}

function zipFile(): ExportFile {
  const zip = new ZipWriter()
  let count = 0
  return {
    add(message, content) {
      count += 1
      return zip.file(nameOf(message), content, message.at)
    },
    get isFull() {
      return zip.size > ZIP_BYTES_MAX || count >= ZIP_FILES_MAX
    },
    end: () => zip.end(),
  }
}

function mboxFile(): ExportFile {
  let size = 0
  return {
    add({ at, author }, content) {
      const day = new Date(at).toUTCString()
      const [weekday, date, month, year, time] = day.replace(',', '').split(' ')
      const from = (author ?? 'MAILER-DAEMON').replaceAll(/\s/g, '')
      const head = `From ${from} ${weekday} ${month} ${date} ${time} ${year}\n`
      // Octets as Latin-1: each stays what it was.
      const text = Buffer.from(content).toString('latin1').replaceAll('\r\n', '\n')
      const quoted = text.replaceAll(/^(>*From )/gm, '>$1')
      const parts = [
        Buffer.from(head),
        Buffer.from(quoted, 'latin1'),
        Buffer.from(quoted.endsWith('\n') ? '\n' : '\n\n'),
      ]
      for (const part of parts) size += part.length
      return parts
    },
    get isFull() {
      return size > ZIP_BYTES_MAX
    },
    end: () => [],
  }
}

/** A name that every system takes, with nothing of a path in it. */
export function nameOf({ id, at, subject }: Exported): string {
  const day = new Date(at).toISOString().slice(0, 10)
  const words = subject
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N} ._-]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, NAME_MAX)
    .toWellFormed()
    .replaceAll(/^[. ]+|[. ]+$/g, '')
  return `${day} ${words === '' ? 'message' : words} ${id}.eml`
}
