// Google Workspace: the Gmail settings of the Admin console.
import { type Instructions, text, type Values } from './part.ts'

export function googleInbound({ smartHost }: Values): Instructions {
  return {
    title: 'In the Google Admin console',
    steps: [
      [text('Enter smtp.google.com or aspmx.l.google.com below as the mail host, port 25.')],
      [
        text(
          'Open Apps > Google Workspace > Gmail > Spam, Phishing and Malware > Inbound gateway, at the top unit.',
          `Add the addresses of ${smartHost}, tick “Automatically detect external IP” and “Require TLS”.`,
        ),
      ],
      [text('Leave “Reject all mail not from gateway IPs” off until the MX record has changed.')],
    ],
    caution: {
      title: 'Gmail then does no SPF or DMARC check on mail from our addresses',
      text: 'Our check counts, and travels in the Authentication-Results field.',
    },
  }
}

export function googleOutbound({ smartHost }: Values): Instructions {
  return {
    title: 'In the Google Admin console',
    steps: [
      [
        text(
          `Open Gmail > Hosts > Add route: host ${smartHost}, port 25 or 587,`,
          'require TLS with a CA-signed certificate and host-name check.',
        ),
      ],
      [
        text(
          'Open Gmail > Routing > Configure: tick Outbound, “Change route”, choose the route, and tick groups as well as users.',
        ),
      ],
      [text('Changes at Google take up to 24 h. We show the first message here when it comes.')],
    ],
    caution: {
      title: 'Google shares its addresses with all its customers',
      text: 'Proof of the organisation beyond the address comes with a later release.',
    },
  }
}
