// The mail with an invitation's link: plain, from the installation, in ASCII with the rest encoded.
import { newId } from '#platform/random.ts'
import { plainLetter } from '../letter.ts'
import { problem } from '../problem.ts'
import type { InvitationDeps } from './invitation.ts'

type Letter = {
  readonly tenantId: string
  readonly email: string
  readonly name: string
  readonly link: string
  readonly by: string
}

/** Sends it through an edge. Throws `edge-unreachable`; the link can be shown instead. */
export async function mailInvitation(
  letter: Letter,
  { link, clock, config }: Pick<InvitationDeps, 'link' | 'clock' | 'config'>,
): Promise<void> {
  const now = clock.now()
  const content = Buffer.from(letterText(letter, { hostname: config.hostname, now }), 'utf8')
  const result = await link.order({
    kind: 'submit',
    id: newId('ord', now),
    tenantId: letter.tenantId,
    reversePath: null,
    forwardPaths: [letter.email],
    content: content.toString('base64'),
  })
  if (result.kind === 'failed') {
    const detail = `The invitation could not be mailed (${result.why}). Show the link and hand it on yourself.`
    throw problem('edge-unreachable', detail)
  }
}

/** RFC 5322 text with CRLF; names that ASCII cannot write are in the base64 body alone (RFC 2045 §6.8). */
export function letterText(
  { email, name, link, by }: Letter,
  { hostname, now }: { readonly hostname: string; readonly now: number },
): string {
  const body = [
    `Hello ${name},`,
    '',
    `${by} asks you to help administer the mail gateway of your organisation.`,
    'Open this link within seven days to accept; it works once:',
    '',
    link,
    '',
    'If you do not expect this, do nothing: without the link nothing happens.',
    '',
  ]
  return plainLetter({
    to: email,
    subject: 'You are asked to administer a mail gateway',
    body,
    hostname,
    now,
  })
}
