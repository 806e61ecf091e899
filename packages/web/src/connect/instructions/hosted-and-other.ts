// Hosted Exchange, where a provider does the work and gets a letter, and any other mail server.
import { code, type Instructions, tell, told, type Values } from './part.ts'

/** Where mail left by a relay so far, as many providers want it. */
const RELAY = tell('hosted.relay')

export function hostedInbound({ smartHost, domain }: Values): Instructions {
  return {
    title: told('hosted.title'),
    steps: [
      [tell('hosted.in')],
      [
        code(
          told('code.letter'),
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
    title: told('hosted.title'),
    steps: [
      [tell('hosted.out')],
      [
        code(
          told('code.letter'),
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
      title: told('hosted.others'),
      text: told('hosted.othersMeans'),
    },
  }
}

export function otherInbound({ smartHost }: Values): Instructions {
  return {
    title: told('other.title'),
    steps: [[tell('other.host')], [tell('other.firewall', { smartHost })]],
    caution: null,
  }
}

export function otherOutbound({ smartHost, ports }: Values): Instructions {
  const port = ports[0] ?? 25
  return {
    title: told('other.title'),
    steps: [
      [tell('other.authorise')],
      [
        tell('other.smartHost'),
        code(
          told('code.postfix'),
          `postconf -e 'relayhost = [${smartHost}]:${port}' 'smtp_tls_security_level = may'`,
        ),
      ],
      [
        tell('other.login'),
        code(
          told('code.postfixLogin'),
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
