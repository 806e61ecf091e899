// Microsoft 365: connectors by Exchange Online PowerShell, as its reference of August 2026 names them.
import { code, type Instructions, powershellAddresses, quoted, tell, told, type Values } from './part.ts'

export function microsoftInbound({ smartHost, domain, addresses, sealing = [] }: Values): Instructions {
  return {
    title: told('microsoft.inTitle'),
    steps: [
      [tell('microsoft.host', { domain })],
      [
        tell('microsoft.connector'),
        code(
          told('code.connector'),
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
        tell('microsoft.filtering'),
        code(told('code.filtering'), 'Set-InboundConnector "Gatepost in" -EFSkipLastIP $true'),
        tell('microsoft.trial', { domain }),
      ],
      [
        tell('microsoft.seal'),
        code(
          told('code.arc'),
          [
            '$sealers = @(Get-ArcConfig | Select-Object -ExpandProperty ArcTrustedSealers)',
            `$sealers += ${quoted(sealing.length > 0 ? sealing : [domain])}`,
            'Set-ArcConfig -Identity Default -ArcTrustedSealers $sealers',
          ].join('\n'),
        ),
      ],
    ],
    caution: {
      title: told('microsoft.slows'),
      text: told('microsoft.slowsMeans'),
    },
  }
}

export function microsoftOutbound({ smartHost, domain }: Values): Instructions {
  return {
    title: told('microsoft.outTitle'),
    steps: [
      [tell('microsoft.id')],
      ...microsoftConnector({ smartHost, domain }),
      [
        tell('microsoft.reports'),
        code(
          told('code.rule'),
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
      title: told('microsoft.shared'),
      text: told('microsoft.sharedMeans'),
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
      tell('microsoft.out'),
      code(
        told('code.online'),
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
      tell('microsoft.validate', { domain }),
      code(
        told('code.validation'),
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
