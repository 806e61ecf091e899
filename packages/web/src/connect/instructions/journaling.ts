// What the administrator does at the mail host so that journal reports come here, by environment.
import type { Environment } from '@gatepost/contract/common.ts'
import { code, type Instructions, text } from './part.ts'

type Addresses = {
  readonly address: string
  readonly alternate: string
  /** Name that our addresses stand under. */
  readonly smartHost: string
}

export function journalInstructions(environment: Environment, addresses: Addresses): Instructions {
  switch (environment) {
    case 'microsoft-365':
      return microsoft(addresses)
    case 'google-workspace':
      return google(addresses)
    case 'on-premises':
      return exchange(addresses)
    case 'hybrid':
      return hybrid(addresses)
    default:
      return other(addresses)
  }
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

function exchange({ address, alternate, smartHost }: Addresses): Instructions {
  return {
    title: 'In the Exchange Management Shell',
    steps: [
      [
        text('Make a contact for the journal address, and a send connector that leads it here:'),
        code(
          'contact and connector',
          [
            `New-MailContact -Name "Gatepost journal" -ExternalEmailAddress ${address}`,
            'Set-MailContact "Gatepost journal" -HiddenFromAddressListsEnabled $true -UseMapiRichTextFormat Never',
            `New-SendConnector -Name "Gatepost journal" -AddressSpaces "${domainOf(address)}" \``,
            `  -SmartHosts ${smartHost} -DNSRoutingEnabled $false -RequireTLS $true`,
            `New-RemoteDomain -Name "Gatepost journal" -DomainName ${domainOf(address)}`,
            'Set-RemoteDomain "Gatepost journal" -TNEFEnabled $false -AutoForwardEnabled $true',
          ].join('\n'),
        ),
      ],
      [
        text(
          'Name the address for reports that cannot be delivered. Without it they end for good after two days:',
        ),
        code('alternate address', `Set-TransportConfig -JournalingReportNdrTo ${alternate}`),
      ],
      [
        text('Switch journaling on for everybody:'),
        code(
          'journal rule',
          `New-JournalRule -Name "Gatepost" -JournalEmailAddress ${address} -Scope Global -Enabled $true`,
        ),
        text('Without Enterprise licences, let each mailbox database journal instead:'),
        code(
          'database command',
          'Get-MailboxDatabase | Set-MailboxDatabase -JournalRecipient "Gatepost journal"',
        ),
      ],
    ],
    caution: {
      title: 'A journal rule for everybody needs Enterprise licences of Exchange',
      text: 'Journaling by mailbox database needs none. Use one of the two: with both, each message comes twice.',
    },
  }
}

function microsoft({ address, alternate, smartHost }: Addresses): Instructions {
  return {
    title: 'In Microsoft 365',
    steps: [
      [
        text(
          'Open purview.microsoft.com > Settings > Data lifecycle management > Exchange (legacy).',
          'Enter the alternate address for undeliverable journal reports first: without it no rule can be made.',
        ),
        code('alternate address', alternate),
      ],
      [
        text('Open Journal rules > New rule, send journal reports to this address, everyone, all messages:'),
        code('journal address', address),
      ],
      [
        text('The same from Exchange Online PowerShell:'),
        code(
          'PowerShell',
          [
            `Set-TransportConfig -JournalingReportNdrTo ${alternate}`,
            `New-JournalRule -Name "Gatepost" -JournalEmailAddress ${address} -Scope Global -Enabled $true`,
          ].join('\n'),
        ),
      ],
      [
        text(
          'Reports take the outbound connector “Gatepost out”. If that one is bound to a rule, which reports ignore,',
          'make one more for the domain of the journal address:',
        ),
        code(
          'journal connector',
          [
            'New-OutboundConnector -Name "Gatepost journal" `',
            `  -ConnectorType Partner -RecipientDomains ${domainOf(address)} \``,
            `  -UseMXRecord $false -SmartHosts ${smartHost} \``,
            `  -TlsSettings DomainValidation -TlsDomain ${smartHost}`,
          ].join('\n'),
        ),
      ],
    ],
    caution: {
      title: 'Microsoft journals to addresses outside of Microsoft 365 only',
      text: 'That holds for the alternate address, too. Reports that cannot be delivered for two days make Microsoft switch the rule off.',
    },
  }
}

function hybrid(addresses: Addresses): Instructions {
  const cloud = microsoft(addresses)
  const own = exchange(addresses)
  return {
    title: 'In both halves',
    steps: [
      [text('First in Microsoft 365: rules are not carried from one half to the other, so both get one.')],
      ...cloud.steps,
      [text('Then on your own servers.')],
      ...own.steps,
    ],
    caution: cloud.caution,
  }
}

function google({ address }: Addresses): Instructions {
  return {
    title: 'In the Google Admin console',
    steps: [
      [
        text(
          'With Enterprise Standard, Enterprise Plus or Education Plus: open Apps > Google Workspace > Gmail >',
          'Routing > Third-party email archiving, and enter this address. Its reports name every recipient:',
        ),
        code('journal address', address),
      ],
      [
        text(
          'With other editions a routing rule sends copies instead.',
          'Open Apps > Google Workspace > Gmail > Routing > Configure, at the top unit.',
          'Tick inbound, outbound, internal sending and internal receiving.',
        ),
      ],
      [
        text(
          'Under “Also deliver to” add this recipient; under its advanced options untick',
          '“Do not deliver spam to this recipient”:',
        ),
        code('recipient of copies', address),
      ],
      [
        text(
          'Tick “Add X-Gm-Original-To header”: it names who each copy was for. Tick groups as well as users.',
        ),
      ],
    ],
    caution: {
      title: 'Copies of a routing rule tell no complete envelope',
      text: 'Blind copies and members of lists come as copies of their own; without the header they are marked.',
    },
  }
}

function other({ address }: Addresses): Instructions {
  return {
    title: 'At your mail host',
    steps: [
      [
        text('Have a blind copy of every message sent here. In Postfix, for example:'),
        code('main.cf', `always_bcc = ${address}`),
      ],
      [
        text(
          'Let the host send it by the same way as other outbound mail: it is known by its address or login.',
        ),
      ],
    ],
    caution: {
      title: 'Copies tell no complete envelope',
      text: 'Blind copies are missing unless the host adds X-Original-To or Delivered-To. Such messages are marked.',
    },
  }
}
