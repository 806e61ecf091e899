// What readiness saw of the gateway itself, and leaving of an organisation, by code: English, with the values
// that each sentence needs.

const leaving = {
  'leave.nothing-validated': 'No domain is validated, so no mail is taken here.',
  'leave.mx-here_one': '{{domains}} still names this gateway.',
  'leave.mx-here_other': '{{domains}} still name this gateway.',
  'leave.point-mx': 'Point the MX records at your new mail host and take {{hostname}} out of them.',
  'leave.mx-unknown': 'The look-up of {{domains}} failed, which is no “no”.',
  'leave.check-again': 'Check again in a minute.',
  'leave.mx-away': '{{domains}}: no MX record names this gateway.',
  'leave.none-authorised': 'Nothing is authorised to send through here.',
  'leave.never-sent': 'Nothing that is authorised ever sent through here.',
  'leave.not-sent': 'Nothing was sent through here for a day.',
  'leave.sent': 'Mail was sent through here within the last day.',
  'leave.take-smart-host':
    'Take the smart host out of your mail host. A day without mail, or no authorised address, passes.',
  'leave.edges-silent': 'Not every edge answered, so nobody knows what waits.',
  'leave.when-healthy': 'Check again once all nodes are healthy.',
  'leave.nothing-waits': 'Neither queued nor held mail is here.',
  'leave.waits_one': '{{count}} message waits or is held.',
  'leave.waits_other': '{{count}} messages wait or are held.',
  'leave.empty-queue': 'Deliver, release or discard them under *Queue*.',
  'leave.exported': 'An export was written. Keep the file: it is the last copy.',
  'leave.no-export': 'There is no export.',
  'leave.start-export': 'Start one below, and download it.',
  'leave.no-hold': 'No legal hold is open.',
  'leave.hold': 'A hold keeps data: {{reason}}.',
  'leave.end-hold': 'Whoever set the hold ends it first.',
} as const

export const readinessSayings = {
  ...leaving,
  'ready.broke': 'The check itself failed; the log says why.',
  'ready.see-resolver': 'See the check of the resolver.',
  'ready.look-up-failed': 'The look-up failed: {{why}}.',
  'ready.a-look-up-failed': 'A look-up failed: {{why}}.',
  'ready.name-short': 'Our name is {{hostname}}, which no other mail host can look up.',
  'ready.set-name': 'Set GATEPOST_HOSTNAME to a full name such as mx.example.net and publish its address.',
  'ready.name-unknown': 'The look-up of {{hostname}} failed: {{why}}.',
  'ready.name-without': '{{hostname}} has no address.',
  'ready.publish-address': 'Publish the A record shown below in your zone.',
  'ready.name-private':
    '{{hostname}} leads to {{addresses}}: no public address, so mail from the internet cannot arrive.',
  'ready.publish-public': 'Publish the public address of this gateway.',
  'ready.name-ours': '{{hostname}} leads to {{addresses}}, an address of ours.',
  'ready.name-behind':
    '{{hostname}} leads to {{addresses}}, which no interface of this machine has, as behind NAT or a load balancer.',
  'ready.pass-on': 'Make sure that this address passes port 25 on to this machine.',
  'ready.no-public': 'We do not know our public address.',
  'ready.publish-name': 'Publish the host name first, then check again.',
  'ready.ptr-is': '{{ip}} is {{name}}',
  'ready.ptr-none': '{{ip}} has no confirmed name',
  'ready.ptr-unknown': '{{ip}} is unknown ({{why}})',
  'ready.ptr-differs': 'We say HELO {{hostname}}, but {{names}}.',
  'ready.set-ptr':
    'Ask the provider of the address to set the PTR of {{addresses}} to {{hostname}}. ' +
    'Many mail hosts refuse mail without it.',
  'ready.ptr-right': '{{names}}, and HELO says the same.',
  'ready.no-spf': '{{name}} has no SPF record',
  'ready.no-name': '{{name}} does not exist',
  'ready.both': '{{one}}, and {{other}}',
  'ready.sentence': '{{text}}.',
  'ready.publish-zone': 'Publish the records shown below in your zone.',
  'ready.spf-lacks': '{{name}} says “{{policy}}”, without {{terms}}.',
  'ready.zone-right': '{{name}} says “{{policy}}”, and {{target}} exists.',
  'ready.no-mx-listener': 'No listener takes mail from the internet.',
  'ready.set-mx-listener': 'Set GATEPOST_SMTP_MX, such as 0.0.0.0:25.',
  'ready.port-refused': 'The connection to {{address}} is refused.',
  'ready.port-timed-out': 'The connection to {{address}} gets no answer within 5 s.',
  'ready.port-unreachable': 'The connection to {{address}} finds no way there.',
  'ready.port-closed': 'The connection to {{address}} is closed without a greeting.',
  'ready.edges-silent': 'The edge workers do not answer. Look into the log for what they say.',
  'ready.port-answers': 'Port {{port}} answers “{{greeting}}”.',
  'ready.why-refuses': 'Look into the log for why the edge refuses.',
  'ready.port-other': 'Port {{port}} greets with “{{greeting}}”, not with {{hostname}}.',
  'ready.other-program':
    'Another program answers on this port. Stop it, or choose another port by GATEPOST_SMTP_MX.',
  'ready.port-greets': 'Port {{port}} greets with “{{greeting}}”.',
  'ready.port-not-25':
    'Port {{port}} greets with “{{greeting}}”. Mail hosts on the internet connect to port 25.',
  'ready.pass-port': 'Pass port 25 on to {{port}}, or set GATEPOST_SMTP_MX=0.0.0.0:25.',
  'ready.no-host-known': 'We know no mail host to try: the resolver names none.',
  'ready.outbound-open': '{{host}} ({{ip}}) answers on port {{port}}.',
  'ready.outbound-fails': 'Connections to port {{port}} fail: {{tried}}.',
  'ready.tried-refused': '{{host}} is refused',
  'ready.tried-timed-out': '{{host}} gets no answer within 5 s',
  'ready.tried-unreachable': '{{host}} finds no way there',
  'ready.tried-closed': '{{host}} is closed without a greeting',
  'ready.outbound-blocked':
    'Many clouds and home lines block outgoing port {{port}}. Ask the provider to open it, or set a smart host ' +
    'as the outbound route.',
  'ready.set-resolver':
    'Set GATEPOST_DNS to a resolver that answers, best a validating one on this machine: 127.0.0.1:53.',
  'ready.resolver': 'The resolver',
  'ready.resolver-silent': '{{server}} did not answer for {{name}}: {{why}}.',
  'ready.resolver-blind':
    '{{server}} answers in {{ms}} ms, but does not know {{name}}: it sees no public names.',
  'ready.resolver-slow': '{{server}} took {{ms}} ms for two questions.',
  'ready.resolver-right': '{{server}} answered two questions in {{ms}} ms.',
  'ready.run-validating':
    'Run a validating resolver such as unbound on this machine and set GATEPOST_DNS=127.0.0.1:53.',
  'ready.dnssec-right': '{{server}} is on this machine and validates DNSSEC.',
  'ready.dnssec-not': '{{server}} is on this machine but does not validate, so DANE stays off.',
  'ready.dnssec-away': '{{server}} is not on this machine, so DANE stays off.',
  'ready.no-scanner': 'No virus scanner is configured: attachments are judged, and nothing is scanned.',
  'ready.install-clamd':
    'Install clamd on this machine and set GATEPOST_CLAMD to its socket or to host:port.',
  'ready.scanner': 'It is {{version}}.',
  'ready.clamd-silent':
    'clamd does not answer. Mail that should be scanned waits with its senders, or as the policy says.',
  'ready.no-certificate': 'There is no certificate, so STARTTLS cannot be offered.',
  'ready.certificate-unreadable': 'The certificate in {{file}} cannot be read.',
  'ready.data-folder': 'the data folder',
  'ready.certificate-expired_one': 'The certificate expired {{count}} day ago.',
  'ready.certificate-expired_other': 'The certificate expired {{count}} days ago.',
  'ready.renew': 'Renew it; new files are taken at once.',
  'ready.certificate-own':
    'We use a certificate that we made ourselves. Mail is encrypted, but nobody can check who we are.',
  'ready.certificate-other_one':
    'The certificate is not for {{hostname}}. It is valid for {{count}} more day.',
  'ready.certificate-other_other':
    'The certificate is not for {{hostname}}. It is valid for {{count}} more days.',
  'ready.use-named': 'Use a certificate that names {{hostname}}.',
  'ready.certificate-self_one':
    'The certificate for {{hostname}} is signed by itself. It is valid for {{count}} more day.',
  'ready.certificate-self_other':
    'The certificate for {{hostname}} is signed by itself. It is valid for {{count}} more days.',
  'ready.certificate-expires_one': 'The certificate for {{hostname}} expires in {{count}} day.',
  'ready.certificate-expires_other': 'The certificate for {{hostname}} expires in {{count}} days.',
  'ready.certificate-right_one': 'The certificate names {{hostname}}. It is valid for {{count}} more day.',
  'ready.certificate-right_other': 'The certificate names {{hostname}}. It is valid for {{count}} more days.',
  'ready.get-certificate':
    'Set GATEPOST_TLS_ACME_TERMS_AGREED=yes to have one fetched, ' +
    'or GATEPOST_TLS_CERTIFICATE and GATEPOST_TLS_KEY to the files of a public one.',
  'ready.by-acme': 'It is fetched by ACME: the page of certificates says what the authority answers.',
  'ready.set-console':
    'Set GATEPOST_HTTPS, or put a TLS proxy in front, and set GATEPOST_URL to its address, ' +
    'such as https://gate.example.net/.',
  'ready.console-own': 'The console answers as {{hostname}}, with TLS of our own.',
  'ready.console-local': 'The console answers on localhost, so links in mail lead nowhere for others.',
  'ready.console-hidden': 'The console’s address is {{url}}, which others cannot reach.',
  'ready.console-plain': 'The console’s address {{url}} is not encrypted.',
  'ready.console-right': 'The console’s address is {{url}}.',
  'ready.disk-unknown': 'The file system of the data folder does not tell.',
  'ready.disk': '{{free}} of {{total}} are free ({{share}} %).',
  'ready.free-space': 'Free space or use a larger disk: without room, senders are told to come later (452).',
  'ready.no-lists': 'No block list is asked.',
  'ready.name-lists': 'Name lists in readiness.block_lists.',
  'ready.lists-without': 'We do not know our public address, so no list could be asked.',
  'ready.listed': '{{zone}} names {{ip}} ({{codes}})',
  'ready.listed-words': '{{zone}} names {{ip}} ({{codes}}: {{words}})',
  'ready.delist':
    'Find out what was sent from this address, stop it, then ask the list to take it off. Until then mail ' +
    'hosts that ask this list refuse mail of every organisation here.',
  'ready.lists-of-other-kind': 'No list has addresses of our kind.',
  'ready.own-resolver':
    'Lists refuse resolvers that many people share: set GATEPOST_DNS to a resolver of your own.',
  'ready.not-listed_one': '{{zones}} does not name {{addresses}}.',
  'ready.not-listed_other': '{{zones}} do not name {{addresses}}.',
  'ready.lists-unknown': 'Not known: {{lists}}.',
  'ready.two': '{{one}} {{other}}',
  'ready.clock': 'This machine says {{time}} UTC. We have nothing to compare it with.',
  'ready.keep-clock':
    'Keep it right by chrony or systemd-timesyncd: certificates, queues and logs depend on it.',
} as const
