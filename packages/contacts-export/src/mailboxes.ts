// The list of mailboxes: one a line, as an address alone or as `address,login,password`; heads and
// spreadsheet quotes are understood.

import type { ImapMailbox } from '@gatepost/contacts/imap.ts'
import { csvCells } from '@gatepost/contacts/tracking-log.ts'
import { WrongOption } from './options.ts'

/** Mailboxes of a list in the order of their addresses. Throws `WrongOption` with the line. */
export function readMailboxes(text: string): readonly ImapMailbox[] {
  const boxes = new Map<string, ImapMailbox>()
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const cells = csvCells(line.includes(',') || !line.includes(';') ? line : line.replaceAll(';', ','))
    const address = (cells[0] ?? '')
      .trim()
      .replace(/^smtp:/i, '')
      .toLowerCase()
    if (!address.includes('@')) {
      // Exports begin with a head such as PrimarySmtpAddress.
      if (index === 0) continue
      throw new WrongOption(`Line ${index + 1} of the list holds no address.`)
    }
    const login = (cells[1] ?? '').trim()
    const password = cells[2] ?? ''
    boxes.set(address, {
      address,
      login: login === '' ? null : login,
      password: password === '' ? null : password,
    })
  }
  if (boxes.size === 0) throw new WrongOption('The list of mailboxes is empty.')
  return [...boxes.values()].sort((a, b) => (a.address < b.address ? -1 : 1))
}

/** Domains of some addresses, in their order. */
export function domainsOf(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses.map((address) => address.slice(address.lastIndexOf('@') + 1)))].sort()
}
