// Google Workspace: the Gmail settings of the Admin console.
import { code, type Instructions, text, type Values } from './part.ts'

export function googleInbound({ smartHost, addresses = [] }: Values): Instructions {
  return {
    title: 'In the Google Admin console',
    steps: [
      [text('Enter smtp.google.com or aspmx.l.google.com below as the mail host, port 25.')],
      [
        text(
          'Open Apps > Google Workspace > Gmail > Spam, Phishing and Malware > Inbound gateway, at the top unit.',
          `Tick “Automatically detect external IP” and “Require TLS”, and add the addresses of ${smartHost}:`,
        ),
        ...(addresses.length === 0 ? [] : [code('our addresses', addresses.join('\n'))]),
      ],
      [text('Leave “Reject all mail not from gateway IPs” off until the MX record has changed.')],
    ],
    caution: {
      title: 'Gmail then does no SPF or DMARC check on mail from our addresses',
      text: 'Our check counts. It travels in the field Authentication-Results, which the expression for spam of that setting can read.',
    },
  }
}

export function googleOutbound({ smartHost }: Values): Instructions {
  return {
    title: 'In the Google Admin console',
    steps: [
      [
        text(
          'Switch on “We send through Google Workspace” above and make the header value. Google names no account',
          'in its mail, so this value proves which is yours.',
        ),
      ],
      [
        text(
          `Open Apps > Google Workspace > Gmail > Hosts > Add route: host ${smartHost}, port 25 or 587,`,
          'require TLS with a CA-signed certificate and host-name check.',
        ),
      ],
      [
        text(
          'Open Gmail > Routing > Configure, tick Outbound, “Add custom headers” and “Change route”.',
          'Choose the route, tick groups as well as users, and add this header with the value that you made above:',
        ),
        code('header name', 'X-Gatepost-Tenant'),
      ],
      [
        text(
          'The route carries mail of active users only, and changes at Google take up to 24 h. We show the first',
          'message here when it comes.',
        ),
      ],
    ],
    caution: {
      title: 'Google shares its addresses with all its customers',
      text: 'They cannot be authorised: the header proves each message, and we take it off before the message goes on.',
    },
  }
}
