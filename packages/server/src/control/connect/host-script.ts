// The script that writes down what Exchange Online shows nobody from outside (C5). It changes nothing.

/** For Exchange Online PowerShell, version 5.1 and later. Its report is `HostReport` of the contract. */
export const HOST_SCRIPT = [
  '# Reads settings of Exchange Online and changes nothing. After Connect-ExchangeOnline:',
  'function Texts($value) { ,@($value | Where-Object { $_ } | ForEach-Object { "$_" }) }',
  '[ordered]@{',
  "  format = 'gatepost-host-check-1'",
  // `s` alone writes colons and the common calendar in every culture.
  "  at = (Get-Date).ToUniversalTime().ToString('s') + 'Z'",
  '  domains = Texts (Get-AcceptedDomain).DomainName',
  '  directSendRefused = [bool](Get-OrganizationConfig).RejectDirectSend',
  '  sealers = Texts (Get-ArcConfig).ArcTrustedSealers',
  '  inbound = @(Get-InboundConnector | ForEach-Object { [ordered]@{',
  '    name = $_.Name; enabled = [bool]$_.Enabled; type = "$($_.ConnectorType)"',
  '    addresses = Texts $_.SenderIPAddresses',
  '    restricted = [bool]$_.RestrictDomainsToIPAddresses',
  '    skipLast = [bool]$_.EFSkipLastIP',
  '    skip = Texts $_.EFSkipIPs; users = Texts $_.EFUsers } })',
  '  outbound = @(Get-OutboundConnector | ForEach-Object { [ordered]@{',
  '    name = $_.Name; enabled = [bool]$_.Enabled',
  '    hosts = Texts $_.SmartHosts; validated = [bool]$_.IsValidated } })',
  '  rules = @(Get-TransportRule -ResultSize Unlimited |',
  '    Where-Object { $null -ne $_.SetSCL } | ForEach-Object { [ordered]@{',
  '    name = $_.Name; state = "$($_.State)"; level = "$($_.SetSCL)" } })',
  '} | ConvertTo-Json -Depth 5 | Set-Content gatepost-check.json -Encoding UTF8',
].join('\n')
