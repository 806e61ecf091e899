// Locking the mail host by environment (C10, C16): what stays allowed, the commands that lock, and those that
// undo.
import type { Environment } from '@gatepost/contract/common.ts'
import { code, type Instructions, type Part, powershellAddresses, text } from './part.ts'

export type LockValues = {
  /** Name that our addresses stand under. */
  readonly smartHost: string
  readonly addresses: readonly string[]
  readonly domain: string
}

export type LockInstructions = Pick<Instructions, 'title' | 'caution'> & {
  /** Before the lock: what can be prepared at any time. */
  readonly prepare: readonly (readonly Part[])[]
  /** What locks: shown once nothing would stop. */
  readonly lock: readonly (readonly Part[])[]
  /** What takes it back, beside the lock. */
  readonly undo: readonly (readonly Part[])[]
}

const ipv4Of = (addresses: readonly string[]): readonly string[] =>
  addresses.filter((address) => !address.includes(':'))

function addressList({ addresses, smartHost }: LockValues): string {
  return addresses.length === 0 ? `all addresses of ${smartHost}` : addresses.join('\n')
}

function microsoft(values: LockValues): LockInstructions {
  return {
    title: 'In Exchange Online PowerShell',
    prepare: [
      [
        text('Bring the connector up to date with our addresses:'),
        code(
          'address command',
          [
            powershellAddresses(values, 'A'),
            'Set-InboundConnector "Gatepost in" -SenderIPAddresses $ours',
          ].join('\n'),
        ),
      ],
      [
        text(
          'Give scanners and applications that write as your domain a login of their own (Outbound > Logins):',
          '“RejectDirectSend” below refuses what they send directly.',
        ),
      ],
    ],
    lock: [
      [
        text('Take mail from our addresses alone:'),
        code(
          'lock command',
          [
            'Set-InboundConnector "Gatepost in" `',
            '  -RestrictDomainsToIPAddresses $true -RequireTls $true',
          ].join('\n'),
        ),
      ],
      [
        text('Refuse mail in your own name that matches no connector. It works within 30 minutes:'),
        code('direct send command', 'Set-OrganizationConfig -RejectDirectSend $true'),
      ],
    ],
    undo: [
      [
        code(
          'undo commands',
          [
            'Set-InboundConnector "Gatepost in" `',
            '  -RestrictDomainsToIPAddresses $false -RequireTls $false',
            'Set-OrganizationConfig -RejectDirectSend $false',
          ].join('\n'),
        ),
      ],
    ],
    caution: {
      title: 'Outside mail to addresses of onmicrosoft.com is refused then, too',
      text: 'A connector that allows by sender domain does not override one that restricts: look for other inbound connectors first.',
    },
  }
}

function premises(values: LockValues): LockInstructions {
  return {
    title: 'At your firewall, or at Exchange itself',
    prepare: [
      [
        text('List what connects to the server on port 25 today: scanners, applications, other servers.'),
        code(
          'log command',
          [
            'Get-ReceiveConnector | Set-ReceiveConnector `',
            '  -ProtocolLoggingLevel Verbose',
            '# A day later, the addresses that connected:',
            '$logs = (Get-TransportService)[0].ReceiveProtocolLogPath',
            'Get-ChildItem "$logs\\*.log" | Get-Content |',
            '  Where-Object { $_ -notmatch "^#" } |',
            "  ForEach-Object { ($_ -split ',')[5] -replace ':\\d+$' } |",
            '  Sort-Object -Unique',
          ].join('\n'),
        ),
      ],
      [
        text('Allow these sources to reach TCP port 25 of the server:'),
        code('our addresses', addressList(values)),
      ],
    ],
    lock: [
      [
        text(
          'At the firewall: allow TCP 25 to the server from the list above and from your own relays,',
          'and refuse it from everybody else. This is the better of the two ways.',
        ),
      ],
      [
        text('Without a firewall of your own, let the connector do it. It cuts devices that are not listed:'),
        code(
          'lock command',
          [
            '$name = "$env:COMPUTERNAME\\Default Frontend $env:COMPUTERNAME"',
            'if (-not (Test-Path gatepost-before.txt)) {',
            '  (Get-ReceiveConnector $name).RemoteIPRanges |',
            '    ForEach-Object { "$_" } | Set-Content gatepost-before.txt',
            '}',
            powershellAddresses(values, 'A_AAAA'),
            'Set-ReceiveConnector $name -RemoteIPRanges ($ours + "10.0.0.0/8")',
          ].join('\n'),
        ),
      ],
    ],
    undo: [
      [
        text('Remove the rule at the firewall, or set the connector back:'),
        code(
          'undo command',
          [
            '$name = "$env:COMPUTERNAME\\Default Frontend $env:COMPUTERNAME"',
            'Set-ReceiveConnector $name -RemoteIPRanges `',
            '  (Get-Content gatepost-before.txt)',
          ].join('\n'),
        ),
      ],
    ],
    caution: {
      title: 'Replace 10.0.0.0/8 by your own network',
      text: 'Scanners, applications and further Exchange servers have to stay on the list, or their mail stops.',
    },
  }
}

function hybrid(values: LockValues): LockInstructions {
  const own = premises(values)
  const cloud = microsoft(values)
  return {
    title: 'At both halves',
    prepare: [
      [
        text(
          'The server takes mail from our addresses and from Exchange Online: the two halves exchange mail on port 25.',
          'Allow Microsoft’s list for Exchange Online (endpoint 10) at the firewall, too:',
        ),
        code(
          'Exchange Online list',
          [
            '$uri = "https://endpoints.office.com/endpoints/worldwide" +',
            '  "?ServiceAreas=Exchange&NoIPv6=false&ClientRequestId=" +',
            '  (New-Guid)',
            '(Invoke-RestMethod $uri | Where-Object id -eq 10).ips |',
            '  Sort-Object -Unique',
          ].join('\n'),
        ),
      ],
      ...own.prepare,
      [
        text(
          'If internet mail enters at your own server, Exchange Online has no connector “Gatepost in” yet: make it',
          'there as the step “Prepare for inbound email” says. It lives beside the one of the hybrid wizard.',
        ),
      ],
      ...cloud.prepare,
    ],
    lock: [own.lock[0] ?? [], ...cloud.lock],
    undo: [[text('Remove the rule at the firewall.')], ...cloud.undo],
    caution: {
      title: 'Leave the connectors of the hybrid wizard as they are',
      text: 'The partner connector “Gatepost in” lives beside them. Nothing that processes SMTP may stand between the halves.',
    },
  }
}

function google({ addresses, smartHost }: LockValues): LockInstructions {
  return {
    title: 'In the Google Admin console',
    prepare: [
      [
        text(
          'Open Apps > Google Workspace > Gmail > Spam, Phishing and Malware > Inbound gateway, at the top unit.',
          'Every address of ours has to be listed:',
        ),
        code('our addresses', addressList({ addresses, smartHost, domain: '' })),
      ],
    ],
    lock: [
      [
        text(
          'In the same setting tick “Reject all mail not from gateway IPs”, then save. It may take up to 24 h.',
        ),
      ],
    ],
    undo: [[text('Untick “Reject all mail not from gateway IPs” in the same setting, then save.')]],
    caution: {
      title: 'Mail from other Google tenants comes by the internet, too',
      text: 'It reaches you through the MX record like all other mail, so it is not lost.',
    },
  }
}

function hosted({ addresses, smartHost, domain }: LockValues): LockInstructions {
  return {
    title: 'Ask your provider',
    prepare: [
      [
        text('Your provider does this part. Send the letter:'),
        code(
          'letter',
          [
            `The MX record of ${domain} now names our gateway, ${smartHost}.`,
            'Please refuse mail for our domain on port 25 from all other sources.',
            'Mail will come from these addresses:',
            addressList({ addresses, smartHost, domain }),
            '',
            'If you cannot, tell us: we then know that the way past the gateway stays open.',
          ].join('\n'),
        ),
      ],
    ],
    lock: [
      [
        text(
          'Once the provider has done it, press “Check now”: we knock from elsewhere and show what it says.',
        ),
      ],
    ],
    undo: [[text('Ask the provider to take mail for the domain from everybody again.')]],
    caution: {
      title: 'If the provider says no',
      text: 'Skip this step. It then stands as an accepted risk: whoever knows the provider’s host can go around the gateway.',
    },
  }
}

function other(values: LockValues): LockInstructions {
  return {
    title: 'At your firewall or mail server',
    prepare: [
      [
        text('Allow these sources to reach TCP port 25 of the mail server:'),
        code('our addresses', addressList(values)),
      ],
    ],
    lock: [
      [
        text(
          'With nftables on the mail server itself. The rules last until its next start: keep them in',
          '/etc/nftables.conf, too.',
        ),
        code(
          'lock command',
          [
            'nft add table inet gatepost',
            'nft flush table inet gatepost',
            "nft 'add chain inet gatepost guard { type filter hook input priority 0; }'",
            ...firewallRules(values.addresses),
            'nft add rule inet gatepost guard iif != lo tcp dport 25 drop',
          ].join('\n'),
        ),
      ],
    ],
    undo: [[code('undo command', 'nft delete table inet gatepost')]],
    caution: {
      title: 'Your own devices may send through port 25',
      text: 'Add the networks of scanners and applications before the last line, or give them port 587 with a login.',
    },
  }
}

function firewallRules(addresses: readonly string[]): readonly string[] {
  const four = ipv4Of(addresses)
  const six = addresses.filter((address) => address.includes(':'))
  const rule = (family: string, list: readonly string[]) =>
    list.length === 0
      ? []
      : [`nft "add rule inet gatepost guard ${family} saddr { ${list.join(', ')} } tcp dport 25 accept"`]
  return [...rule('ip', four), ...rule('ip6', six)]
}

const byEnvironment: { readonly [Name in Environment]: (values: LockValues) => LockInstructions } = {
  'microsoft-365': microsoft,
  'on-premises': premises,
  hybrid,
  hosted,
  'google-workspace': google,
  other,
}

export function lockInstructions(environment: Environment, values: LockValues): LockInstructions {
  return byEnvironment[environment](values)
}
