// Exchange on the organisation's own machines, alone or as the half of a hybrid.
import { microsoftConnector, microsoftInbound } from './microsoft-365.ts'
import { code, type Instructions, powershellAddresses, text, type Values } from './part.ts'

export function premisesInbound({ smartHost, addresses = [] }: Values): Instructions {
  return {
    title: 'At your Exchange server',
    steps: [
      [
        text(
          'Enter the public name or address of the server below, port 25. “Default Frontend” takes the mail.',
        ),
      ],
      [
        text(
          `Let the firewall pass TCP 25 from the addresses of ${smartHost}.`,
          'Leave it open to others until the MX record has changed and old caches are empty.',
        ),
        ...(addresses.length === 0 ? [] : [code('our addresses', addresses.join('\n'))]),
      ],
      [
        text('To see which connector would take our mail:'),
        code(
          'check command',
          'Get-ReceiveConnector | Format-Table Identity, RemoteIPRanges, PermissionGroups',
        ),
      ],
    ],
    caution: {
      title: 'Exchange takes 20 connections from one source by default',
      text: 'It also holds back each wrong recipient for 5 s: set up recipient validation here before the MX record changes.',
    },
  }
}

export function premisesOutbound({ smartHost }: Values): Instructions {
  return {
    title: 'At your Exchange server',
    steps: [
      [text('Authorise the public address that the server sends from, in the table above.')],
      [
        text('Make the send connector. Its default size limit is 25 MB, so the command raises it:'),
        code(
          'connector command',
          [
            'New-SendConnector -Name "Gatepost out" -Custom `',
            '  -AddressSpaces "SMTP:*;1" -DNSRoutingEnabled $false `',
            `  -SmartHosts ${smartHost} -SmartHostAuthMechanism None \``,
            '  -RequireTLS $true -TlsAuthLevel DomainValidation `',
            `  -TlsDomain ${smartHost} -MaxMessageSize 150MB`,
          ].join('\n'),
        ),
      ],
      [
        text(
          'If the server’s address changes, make a login above and use this instead. The certificate must hold',
          'the exact name of the smart host:',
        ),
        code(
          'connector command with login',
          [
            'New-SendConnector -Name "Gatepost out" -Custom `',
            '  -AddressSpaces "SMTP:*;1" -DNSRoutingEnabled $false `',
            `  -SmartHosts ${smartHost} -Port 587 \``,
            '  -SmartHostAuthMechanism BasicAuthRequireTLS `',
            '  -AuthenticationCredential (Get-Credential) `',
            '  -MaxMessageSize 150MB',
          ].join('\n'),
        ),
      ],
      [
        text('Then disable the former connector for all domains (put its name in):'),
        code('disable command', 'Set-SendConnector "Former connector" -Enabled $false'),
      ],
    ],
    caution: {
      title: 'Use the smart host by its name',
      text: 'TLS is checked against it; a bare IP address fails.',
    },
  }
}

export function hybridInbound(values: Values): Instructions {
  const premises = premisesInbound(values)
  return {
    title: 'At the half where internet mail enters',
    steps: [
      [
        text(
          'If internet mail enters at your own Exchange server, enter its public name or address below, port 25.',
          '“Default Frontend” takes the mail.',
        ),
      ],
      ...premises.steps.slice(1),
      [
        text(
          'Then let Exchange Online see the true client behind both hops, at the inbound connector of the hybrid',
          'wizard (put its name and the public address of your server in):',
        ),
        code(
          'hybrid filtering command',
          [
            powershellAddresses(values, 'A_AAAA'),
            'Set-InboundConnector "Inbound from ..." `',
            '  -EFSkipLastIP $false -EFSkipIPs ($ours + "ADDRESS")',
          ].join('\n'),
        ),
      ],
      [text('If it enters at Exchange Online instead, these steps take the place of those above.')],
      ...microsoftInbound(values).steps,
    ],
    caution: {
      title: 'Nothing that processes SMTP may stand between the two halves',
      text: 'Leave the connectors of the hybrid wizard (“Outbound to Office 365 …”) as they are.',
    },
  }
}

export function hybridOutbound(values: Values): Instructions {
  const premises = premisesOutbound(values)
  return {
    title: 'At both halves',
    steps: [
      ...premises.steps,
      [
        text(
          'With centralised transport (RouteAllMessagesViaOnPremises) this is all: leave Microsoft 365 off above.',
          'Otherwise switch it on, look up the tenant id, and go on in Exchange Online.',
        ),
      ],
      ...microsoftConnector(values),
      [text('Then send one message from a mailbox of each half: both have to be seen.')],
    ],
    caution: {
      title: 'Nothing that processes SMTP may stand between the two halves',
      text: 'Leave the connectors of the hybrid wizard (“Outbound to Office 365 …”) as they are.',
    },
  }
}
