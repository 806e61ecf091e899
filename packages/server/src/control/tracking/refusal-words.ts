// What a refusal means to the sender's side, in general words: no rule, no list and no person is named.
import type { PolicyName } from '#policy/policy.ts'

export type Advice = { readonly what: string; readonly advice: string[] }

const POSTMASTER =
  'If it should have been taken, tell the recipient by other means, with the link of this page.'

const byPolicy: { readonly [Name in PolicyName]?: Advice } = {
  relay: {
    what: 'The server that sent the message may not send through this gateway, or the recipient’s domain is not served here.',
    advice: [
      'Check the recipient’s address for a typing error.',
      'If you run the sending server for one of the domains here, ask its administrator to authorise the server’s address.',
    ],
  },
  'recipient-validation': {
    what: 'There is no mailbox of this address, as far as this gateway knows.',
    advice: ['Check the recipient’s address for a typing error.', POSTMASTER],
  },
  greylisting: {
    what: 'This was the first contact of your server with the recipient’s organisation. It was asked to come again.',
    advice: [
      'Nothing is to do: mail servers try again by themselves, and the next attempt after a minute is taken.',
    ],
  },
  'blocked-senders': {
    what: 'The recipient’s organisation does not take mail from this sender.',
    advice: [POSTMASTER],
  },
  'anti-spoofing': {
    what: 'The message used an address of the recipient’s own organisation as its sender, but came from outside.',
    advice: [
      'If you run a service that sends on behalf of the organisation, ask its administrator to exempt the service.',
      'Else send with an address of your own domain.',
    ],
  },
  authentication: {
    what: 'The message did not prove that it comes from the domain it names (SPF, DKIM, DMARC).',
    advice: [
      'Ask the administrator of the sending domain to check its SPF record and its DKIM signature.',
      'A forwarded message or a mailing list may break the signature: send it directly.',
    ],
  },
  'display-name': {
    what: 'The name shown as the author looks like somebody of the recipient’s organisation.',
    advice: ['Send with your own name and address as the author.', POSTMASTER],
  },
  virus: {
    what: 'The message carries malware, or a part that nobody could check.',
    advice: [
      'Scan the computer it was written on.',
      'Send a file that is neither encrypted nor packed several times over.',
    ],
  },
  attachments: {
    what: 'The recipient’s organisation does not take attachments of this kind.',
    advice: [
      'Send the file in another form: as PDF, without macros, not encrypted.',
      'Or agree with the recipient on another way to hand it over.',
    ],
  },
  spam: {
    what: 'The content looks like unwanted mail.',
    advice: ['Leave out links to shortened or unknown addresses, and text as pictures.', POSTMASTER],
  },
  'sender-rate': {
    what: 'The sender wrote to more recipients in an hour than it may, or than it ever did before.',
    advice: [
      'Mail waits in the sending server, which tries again by itself.',
      'If you are the sender, ask the administrator of your organisation: your account may be used by somebody else.',
    ],
  },
  hops: {
    what: 'The message goes in a circle between mail servers.',
    advice: ['Ask the administrator of the sending server to check its routing and forwarding.'],
  },
}

const aliases: { readonly [name: string]: PolicyName | undefined } = {
  'anti-spoofing-header': 'anti-spoofing',
  'blocked-senders-header': 'blocked-senders',
  'author-relay': 'relay',
}

/** `isBlind`: a look-up failed, and the message is to come again. */
export function adviceFor(policy: string | null, isBlind: boolean): Advice {
  if (isBlind) {
    return {
      what: 'Something that has to be looked up first did not answer. The message was asked to come again.',
      advice: ['Nothing is to do: mail servers try again by themselves.'],
    }
  }
  const name = policy === null ? null : ((aliases[policy] ?? policy) as PolicyName)
  const found = name === null ? undefined : byPolicy[name]
  return found ?? { what: 'The recipient’s organisation does not take this message.', advice: [POSTMASTER] }
}
