// Exchange on the organisation's own machines, alone or as the half of a hybrid.
import { microsoftConnector, microsoftInbound } from './microsoft-365.ts'
import { code, type Instructions, powershellAddresses, tell, told, type Values } from './part.ts'

export function premisesInbound({ smartHost, addresses = [] }: Values): Instructions {
  return {
    title: told('premises.title'),
    steps: [
      [tell('premises.host')],
      [
        tell('premises.firewall', { smartHost }),
        ...(addresses.length === 0 ? [] : [code(told('code.addresses'), addresses.join('\n'))]),
      ],
      [
        tell('premises.which'),
        code(
          told('code.check'),
          'Get-ReceiveConnector | Format-Table Identity, RemoteIPRanges, PermissionGroups',
        ),
      ],
    ],
    caution: {
      title: told('premises.limit'),
      text: told('premises.limitMeans'),
    },
  }
}

export function premisesOutbound({ smartHost }: Values): Instructions {
  return {
    title: told('premises.title'),
    steps: [
      [tell('premises.authorise')],
      [
        tell('premises.send'),
        code(
          told('code.connector'),
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
        tell('premises.login'),
        code(
          told('code.login'),
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
        tell('premises.former'),
        code(told('code.disable'), 'Set-SendConnector "Former connector" -Enabled $false'),
      ],
    ],
    caution: {
      title: told('premises.byName'),
      text: told('premises.byNameMeans'),
    },
  }
}

export function hybridInbound(values: Values): Instructions {
  const premises = premisesInbound(values)
  return {
    title: told('hybrid.inTitle'),
    steps: [
      [tell('hybrid.own')],
      ...premises.steps.slice(1),
      [
        tell('hybrid.filtering'),
        code(
          told('code.hybrid'),
          [
            powershellAddresses(values, 'A_AAAA'),
            'Set-InboundConnector "Inbound from ..." `',
            '  -EFSkipLastIP $false -EFSkipIPs ($ours + "ADDRESS")',
          ].join('\n'),
        ),
      ],
      [tell('hybrid.online')],
      ...microsoftInbound(values).steps,
    ],
    caution: {
      title: told('hybrid.between'),
      text: told('hybrid.betweenMeans'),
    },
  }
}

export function hybridOutbound(values: Values): Instructions {
  const premises = premisesOutbound(values)
  return {
    title: told('hybrid.outTitle'),
    steps: [
      ...premises.steps,
      [tell('hybrid.central')],
      ...microsoftConnector(values),
      [tell('hybrid.both')],
    ],
    caution: {
      title: told('hybrid.between'),
      text: told('hybrid.betweenMeans'),
    },
  }
}
