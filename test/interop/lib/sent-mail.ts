// Fills Maildirs with sent mail: who wrote to whom follows from numbers alone, so that every run finds the
// same.
import { chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type SentMail = {
  readonly folder: string
  readonly ids: { readonly uid: number; readonly gid: number }
  readonly mailboxes: number
  readonly messages: number
}

const DOMAINS = ['oldmill.example', 'nordmetall.example', 'bright.example', 'müller.example', 'lab.example']

export const addressOf = (mailbox: number): string => `person${String(mailbox).padStart(2, '0')}@acme.example`

/** Writes `mailboxes` Maildirs with a folder `Gesendet` of `messages` messages each. */
export async function fillSentMail({ folder, ids, mailboxes, messages }: SentMail): Promise<void> {
  for (let mailbox = 0; mailbox < mailboxes; mailbox += 1) {
    const maildir = join(folder, addressOf(mailbox))
    const sent = join(maildir, '.Gesendet')
    for (const path of [maildir, sent]) {
      await mkdir(path)
      for (const sub of ['cur', 'new', 'tmp']) {
        await mkdir(join(path, sub))
        await chown(join(path, sub), ids.uid, ids.gid)
      }
      await chown(path, ids.uid, ids.gid)
    }
    for (let start = 0; start < messages; start += 250) {
      const some = Array.from({ length: Math.min(250, messages - start) }, (_, index) => start + index)
      await Promise.all(some.map((number) => writeMessage(sent, { mailbox, number, ids })))
    }
  }
}

async function writeMessage(
  sent: string,
  of: { readonly mailbox: number; readonly number: number; readonly ids: SentMail['ids'] },
): Promise<void> {
  const path = join(sent, 'cur', `${1_700_000_000 + of.number}.M${of.mailbox}P1.host:2,S`)
  await writeFile(path, messageOf(of.mailbox, of.number))
  await chown(path, of.ids.uid, of.ids.gid)
}

/** What stands in a message: letters to people, and every tenth something that must not count. */
export function messageOf(mailbox: number, number: number): string {
  const date = new Date(Date.UTC(2025, 0, 1) + number * 3_600_000).toUTCString().replace('GMT', '+0000')
  const fields = [`From: Person <${addressOf(mailbox)}>`, `Date: ${date}`, ...fieldsOf(mailbox, number)]
  return [
    ...fields,
    `Message-ID: <${mailbox}.${number}@acme.example>`,
    '',
    'Words that nobody reads.',
    '',
  ].join('\r\n')
}

function fieldsOf(mailbox: number, number: number): readonly string[] {
  const to = (shift: number): string => {
    const person = (number * 7 + mailbox * 3 + shift) % 40
    return `p${person}@${DOMAINS[(person + shift) % DOMAINS.length]}`
  }
  switch (number % 10) {
    case 3:
      return [
        `To: spammer${number % 7}@spam.example`,
        'Subject: Automatic reply: Offer',
        'Auto-Submitted: auto-replied',
      ]
    case 5:
      return ['To: no-reply@shop.example, MAILER-DAEMON@relay.example', 'Subject: Re: Order']
    case 7:
      return [`To: ${addressOf((mailbox + 1) % 20)}`, 'Cc: team@sub.acme.example', 'Subject: Lunch']
    case 9:
      return ['To: discuss@lists.example.org, list-request@lab.example', 'Subject: Re: [discuss] hello']
    default:
      return [`To: "A, Person" <${to(0)}>, ${to(1)}`, `Cc: ${to(2)}`, 'Subject: Hello']
  }
}
