// Hosted Exchange, where a provider does the work and gets a letter, and any other mail server.
import { code, type Instructions, text, type Values } from './part.ts'

/** Where mail left by a relay so far, as many providers want it. */
const RELAY = text(
  'If your mail must leave through a relay of your provider, add it as a delivery route for outbound mail, as',
  'smart host, with the login that they gave you: we send through it then.',
)

export function hostedInbound({ smartHost, domain }: Values): Instructions {
  return {
    title: 'Ask your provider',
    steps: [
      [
        text(
          'Your provider does this part. Send the letter, then enter the host that they name below, port 25.',
          'If they give you a login for it, tick “The host asks for a login” there.',
        ),
      ],
      [
        code(
          'letter',
          [
            `Mail for ${domain} will come to you through our gateway, ${smartHost}.`,
            '',
            '1. To which host and port shall the gateway deliver, and does it need a login there (SMTP AUTH)?',
            `2. Allow the addresses of ${smartHost} without greylisting, SPF or spam checks on the connection.`,
            '3. Can you refuse port 25 from other sources for our domain, once the MX record has changed?',
            '4. Can you send a copy of all mail (journal) of our mailboxes to an address that we name?',
            '5. Do you offer LDAP, so that the gateway knows which of our addresses exist?',
          ].join('\n'),
        ),
      ],
    ],
    caution: null,
  }
}

export function hostedOutbound({ smartHost, ports, domain }: Values): Instructions {
  return {
    title: 'Ask your provider',
    steps: [
      [
        text(
          'Ask which public addresses they send from, and authorise each of them above. Then send the letter:',
        ),
      ],
      [
        code(
          'letter',
          [
            `Relay all outbound mail of ${domain} to the smart host ${smartHost}, port ${ports.join(' or ')}, with TLS.`,
            'No sign-in is needed from the addresses that you named.',
            'If you have no fixed addresses, tell us: you get a login (AUTH with TLS, port 587 or 465).',
          ].join('\n'),
        ),
      ],
      [RELAY],
    ],
    caution: {
      title: 'Other customers of the provider send from the same addresses',
      text: 'Only mail with your validated domains passes.',
    },
  }
}

export function otherInbound({ smartHost }: Values): Instructions {
  return {
    title: 'At your mail server',
    steps: [
      [
        text(
          'Enter its public name or address below, with the port it takes mail on. If it takes mail after a login',
          'only, tick “The host asks for a login”.',
        ),
      ],
      [
        text(
          `Let its firewall pass that port from the addresses of ${smartHost}, and leave these addresses out of`,
          'greylisting, SPF and connection limits: all mail comes from them.',
        ),
      ],
    ],
    caution: null,
  }
}

export function otherOutbound({ smartHost, ports }: Values): Instructions {
  const port = ports[0] ?? 25
  return {
    title: 'At your mail server',
    steps: [
      [text('Authorise the public address that it sends from, in the table above.')],
      [
        text('Set the smart host. For Postfix:'),
        code(
          'Postfix command',
          `postconf -e 'relayhost = [${smartHost}]:${port}' 'smtp_tls_security_level = may'`,
        ),
      ],
      [
        text('If its address changes, make a login above. For Postfix, with that user name and password:'),
        code(
          'Postfix commands with login',
          [
            `postconf -e 'relayhost = [${smartHost}]:587' 'smtp_tls_security_level = encrypt' \\`,
            "  'smtp_sasl_auth_enable = yes' 'smtp_sasl_security_options = noanonymous' \\",
            "  'smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd'",
            `echo '[${smartHost}]:587 USER:PASSWORD' > /etc/postfix/sasl_passwd`,
            'chmod 600 /etc/postfix/sasl_passwd && postmap /etc/postfix/sasl_passwd',
          ].join('\n'),
        ),
      ],
      [RELAY],
    ],
    caution: null,
  }
}
