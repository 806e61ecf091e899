// The mail with a share link: plain, from the installation, ASCII outside and UTF-8 inside.
import { newId } from '#platform/random.ts'
import { plainLetter } from '../letter.ts'
import { problem } from '../problem.ts'
import type { ShareDeps } from './share.ts'

type Letter = {
  readonly tenantId: string
  readonly email: string
  readonly link: string
  readonly by: string
  readonly title: string
  readonly note: string
  readonly days: number
}

/** Sends it through an edge. Throws `edge-unreachable`; the link can be copied instead. */
export async function mailShare(
  letter: Letter,
  { link, clock, config }: Pick<ShareDeps, 'link' | 'clock' | 'config'>,
): Promise<void> {
  const now = clock.now()
  const text = letterText(letter, { hostname: config.hostname, now })
  const result = await link.order({
    kind: 'submit',
    id: newId('ord', now),
    tenantId: letter.tenantId,
    reversePath: null,
    forwardPaths: [letter.email],
    content: Buffer.from(text, 'utf8').toString('base64'),
  })
  if (result.kind !== 'failed') return
  const detail = `The link could not be mailed (${result.why}). Make another one and hand it on yourself.`
  throw problem('edge-unreachable', detail)
}

/** RFC 5322 text with CRLF; the body is base64, so that every name can be written (RFC 2045 §6.8). */
export function letterText(
  { email, link, by, title, note, days }: Letter,
  { hostname, now }: { readonly hostname: string; readonly now: number },
): string {
  const body = [
    'Hello,',
    '',
    `${by} shares one step of setting up a mail gateway with you: ${title}.`,
    ...(note === '' ? [] : ['', note]),
    '',
    'The values to enter, and whether we see them already, are on this page:',
    '',
    link,
    '',
    `It works for ${days === 1 ? 'one day' : `${days} days`}, shows this step only, and changes nothing.`,
    '',
  ]
  return plainLetter({
    to: email,
    subject: 'A step of a mail gateway is shared with you',
    body,
    hostname,
    now,
  })
}
