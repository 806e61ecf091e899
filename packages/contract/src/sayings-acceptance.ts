// What the acceptance test says, by code: titles and proofs of each probe by its name, and what it saw. A
// code keeps its meaning; a new one is added with its words in `packages/web/src/i18n/LANGUAGE/said.json`.

/** By the name of the probe: what it asks, what a pass proves and what it does not. */
export const probeTexts = {
  readiness: {
    title: 'The gateway itself is ready',
    proves: 'Names, reverse names, ports, certificate and clock of this gateway, as last looked at.',
  },
  'validate-domains': {
    title: 'The domains are proven',
    proves: 'The proof records were seen at the name servers of each domain a moment ago.',
  },
  'modify-mx': {
    title: 'Mail for the domains comes here',
    proves: 'The MX records as the name servers of each domain give them now.',
  },
  'inbound-tls': { title: 'Inbound connections can be encrypted', proves: fromHere() },
  'known-recipient': { title: 'A known recipient is accepted', proves: fromHere() },
  'unknown-recipient': { title: 'An unknown recipient is refused', proves: fromHere() },
  relay: { title: 'Strangers cannot relay', proves: fromHere() },
  'relay-own': { title: 'Nobody relays by claiming a domain of yours', proves: fromHere() },
  'recipient-validation': {
    title: 'Recipients are validated in every domain',
    proves: 'How each domain treats unknown recipients, as set.',
  },
  delivery: {
    title: 'The mail host takes a message of the gateway',
    proves:
      'A real message was taken over the default route. That it is in the mailbox, only its reader can say.',
  },
  permitted: {
    title: 'A permitted sender is recognised',
    proves:
      'An edge finds the entry when it judges. Whether a message authenticates, each message shows itself.',
  },
  outbound: {
    title: 'Outgoing mail comes through here',
    proves: 'A message from an authorised host or login was seen.',
  },
  dkim: {
    title: 'Outgoing mail is signed and the signature verifies',
    proves:
      'A message signed with each key in use verifies by the records in DNS now, aligned with its domain.',
  },
  spf: {
    title: 'The SPF records name this gateway',
    proves: 'The evaluation of each record passes for every address that this gateway sends from.',
  },
  digest: {
    title: 'The digest of held mail is delivered',
    proves: 'That a digest left by its schedule. That it was read, only its reader can say.',
  },
  journaling: {
    title: 'The journal arrives',
    proves: 'Journal reports of the mail host were seen.',
  },
  'secure-inbound': {
    title: 'Nobody gets past the gateway',
    proves: 'The mail host refuses connections that do not come from here, from the vantage points named.',
  },
  'firewall-lockdown': {
    title: 'The mail host is locked down',
    proves: 'Old mail servers, and other ways in, refuse mail for the domains.',
  },
} as const

export type ProbeName = keyof typeof probeTexts

/** The edge asks on its own machine: what the listener says is proven, the way to it is not. */
function fromHere(): string {
  return 'Asked from the gateway’s own machine, as a stranger; the way from the internet is proven by mail seen.'
}

export const acceptanceSayings = {
  'accept.not-run': 'Not run yet.',
  'accept.restarted': 'The gateway was restarted before this ran. Run the test again.',
  'accept.broke': 'The probe itself failed.',
  'accept.not-ready-looked': 'The gateway has not looked at itself yet.',
  'accept.none-failed': '{{number}} checks, none failed.',
  'accept.titled': '{{title}}: {{saw}}',
  'accept.skipped': '“{{step}}” was skipped.',
  'accept.waits': '“{{step}}” waits for another step.',
  'accept.open-step': 'Open “{{step}}” in Connect.',
  'accept.nothing-set': 'Nothing was set up yet.',
  'accept.not-set-optional': 'Not set up: {{step}}, optional here.',
  'accept.not-set-recommended': 'Not set up: {{step}}, recommended here.',
  'accept.not-set-not-required': 'Not set up: {{step}}, not required here.',
  'accept.no-listener': 'Our listener could not be asked: {{why}}',
  'accept.broke-off': 'The dialogue broke off: {{why}}.',
  'accept.no-domain-asked': 'No domain is validated, so there was nothing to ask.',
  'accept.no-greeting': 'No greeting: {{why}}.',
  'accept.look-into-log': 'Look into the log.',
  'accept.no-starttls': 'STARTTLS is not offered.',
  'accept.starttls-failed': 'STARTTLS failed: {{why}}.',
  'accept.give-certificate': 'Give the gateway a certificate (tls.certificateFile).',
  'accept.nameless': 'without a name',
  'accept.unknown': 'unknown',
  'accept.tls-valid': '{{version}}, {{cipher}}; certificate {{subject}}, valid for the gateway’s name.',
  'accept.tls-unverified': '{{version}}, {{cipher}}; certificate {{subject}}, not verified ({{why}}).',
  'accept.public-certificate':
    'Mail is encrypted all the same. Partners that verify need a public certificate.',
  'accept.no-mailbox-asked': 'No mailbox was named to ask for.',
  'accept.taken': 'Taken: {{reply}}',
  'accept.greylisted': 'A stranger is asked to come again, as greylisting does: {{reply}}',
  'accept.refused': 'Refused: {{reply}}',
  'accept.look-up-why': 'Look up why under *Ask any message*.',
  'accept.switch-on-validation': 'Switch recipient validation on for the domain.',
  'accept.refused-for-now': 'Refused for now only: {{reply}}',
  'accept.not-asked': 'The dialogue ended before this was asked.',
  'accept.may-relay': 'A stranger may relay: {{reply}}',
  'accept.stop': 'Stop the gateway and look why.',
  'accept.may-claim': 'An unauthorised host may send as you: {{reply}}',
  'accept.remove-loopback': 'Remove 127.0.0.1 from the authorised outbound addresses.',
  'accept.no-permitted': 'There is no permitted sender with an address yet.',
  'accept.not-judged': 'The edge could not judge it.',
  'accept.not-reached': '{{sender}} to {{user}}: senders were not asked, since {{why}}',
  'accept.settled-before': 'it was settled before',
  'accept.permitted': '{{sender}} to {{user}}: {{means}}',
  'accept.no-route': 'No delivery route is the default for inbound mail.',
  'accept.add-route': 'Add one in Connect.',
  'accept.no-mailbox': 'No mailbox was named for a test message.',
  'accept.no-result': 'The test of the route gave no result.',
  'accept.delivered': '{{route}} ({{host}}): {{saw}}',
  'accept.all-passed': 'all checks passed.',
  'accept.no-domain': 'No domain is validated.',
  'accept.not-verified': '{{domain}}: not verified',
  'accept.signed_one': '{{domain}}: one signature verified',
  'accept.signed_other': '{{domain}}: {{count}} signatures verified',
  'accept.both': '{{one}}; {{other}}',
  'accept.ended': '{{text}}.',
  'accept.sends-nothing': 'The organisation sends no mail through here.',
  'accept.own-unknown': 'The addresses of {{hostname}} could not be looked up.',
  'accept.spf-result': '{{domain}}: {{result}} for {{address}}.',
  'accept.add-include': 'Add include:{{include}} to the SPF record of {{domain}}.',
  'accept.spf-passes': '{{domains}}: pass for every address of ours.',
  'accept.no-digest': 'No digest is switched on.',
  'accept.digest-to-come': 'A digest is switched on, and none was due yet.',
  'accept.digest-left': 'The last digest left on {{when}}.',
  'value.host': 'MX and smart host',
  'value.contact': 'Emergency contact',
  'value.none': 'none',
  'value.route': 'Delivery route {{name}}',
  'value.outbound': 'Authorised outbound',
  'value.users': 'Users',
  'value.senders': 'Permitted and blocked senders',
} as const
