// Microsoft 365: connectors by Exchange Online PowerShell, as its reference of August 2026 names them.
import { code, type Instructions, join, powershellAddresses, quoted, text, type Values } from './part.ts'

export function microsoftInbound({ smartHost, domain, addresses, sealing = [] }: Values): Instructions {
  return {
    title: 'In Microsoft 365, before the MX record changes',
    steps: [
      [
        text(
          `Read the delivery host in the admin centre: Settings > Domains > ${domain} > DNS records, the MX value.`,
          'It ends in mail.protection.outlook.com or, for newer domains, in mx.microsoft.',
          'Enter it below as the mail host, port 25.',
        ),
      ],
      [
        text('Make the connector that knows our addresses, in Exchange Online PowerShell:'),
        code(
          'connector command',
          [
            powershellAddresses({ smartHost, addresses }, 'A'),
            'New-InboundConnector -Name "Gatepost in" `',
            '  -ConnectorType Partner -SenderDomains * `',
            '  -SenderIPAddresses $ours -RequireTls $false `',
            '  -RestrictDomainsToIPAddresses $false',
          ].join('\n'),
        ),
      ],
      [
        text('Let Microsoft see the true client behind us (enhanced filtering):'),
        code('filtering command', 'Set-InboundConnector "Gatepost in" -EFSkipLastIP $true'),
        text(
          `For a trial with one person add -EFUsers you@${domain}. What arrives then has the field`,
          'X-MS-Exchange-SkipListedInternetSender in its header.',
        ),
      ],
      [
        text(
          'Later, so that Microsoft believes what we checked: under Mail flow > Signing make keys, let mail that',
          'passes through be sealed for your mail host, too, and trust the seals of your own domains:',
        ),
        code(
          'ARC command',
          [
            '$sealers = @(Get-ArcConfig | Select-Object -ExpandProperty ArcTrustedSealers)',
            `$sealers += ${quoted(sealing.length > 0 ? sealing : [domain])}`,
            'Set-ArcConfig -Identity Default -ArcTrustedSealers $sealers',
          ].join('\n'),
        ),
      ],
    ],
    caution: {
      title: 'Without the connector, Microsoft slows new senders with 451 4.7.500',
      text: 'Remove mail-flow rules that set the spam level (SCL) to −1, and do not use a connector of type OnPremises.',
    },
  }
}

export function microsoftOutbound({ smartHost, domain }: Values): Instructions {
  return {
    title: 'In Microsoft 365',
    steps: [
      [
        text(
          'Switch on “We send through Microsoft 365” above and look up the tenant id: Exchange Online writes it',
          'into each message, and we compare it. Nothing is typed, so nobody else can name your id.',
        ),
      ],
      ...microsoftConnector({ smartHost, domain }),
      [
        text(
          'Reports of Exchange Online itself may lack the id. If some are refused, make the header value above',
          'and let a mail-flow rule add it:',
        ),
        code(
          'rule command',
          [
            '$value = Read-Host "Value of X-Gatepost-Tenant"',
            'New-TransportRule -Name "Gatepost out" `',
            '  -FromScope InOrganization -SentToScope NotInOrganization `',
            '  -SetHeaderName "X-Gatepost-Tenant" -SetHeaderValue $value',
          ].join('\n'),
        ),
      ],
    ],
    caution: {
      title: 'Exchange Online shares its addresses with all its customers',
      text: join(
        'They cannot be authorised: each message proves whose it is. The connector always uses port 25 and needs',
        'a publicly trusted certificate on our side. Give scanners and applications a login of their own.',
      ),
    },
  }
}

/** The connector, for Exchange Online alone and as the half of a hybrid. */
export function microsoftConnector({
  smartHost,
  domain,
}: Pick<Values, 'smartHost' | 'domain'>): Instructions['steps'] {
  return [
    [
      text('Make the connector, switched off at first. It always uses port 25:'),
      code(
        'Exchange Online connector command',
        [
          'New-OutboundConnector -Name "Gatepost out" `',
          '  -ConnectorType Partner -RecipientDomains * `',
          `  -UseMXRecord $false -SmartHosts ${smartHost} \``,
          `  -TlsSettings DomainValidation -TlsDomain ${smartHost} \``,
          '  -Enabled $false',
        ].join('\n'),
      ),
    ],
    [
      text(`Validate it with any outside address, then switch it on. Send from a mailbox of ${domain}:`),
      code(
        'validation command',
        [
          'Validate-OutboundConnector -Identity "Gatepost out" `',
          '  -Recipients you@outside.example',
          'Set-OutboundConnector "Gatepost out" -IsValidated $true `',
          '  -LastValidationTimestamp (Get-Date).ToUniversalTime() `',
          '  -Enabled $true',
        ].join('\n'),
      ),
    ],
  ]
}
