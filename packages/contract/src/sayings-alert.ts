// What alerts say, by code: English, with the values that each sentence needs. A code keeps its meaning; a
// new one is added with its words in `packages/web/src/i18n/LANGUAGE/said.json`.

const parts = {
  'span.minutes_one': '{{count}} minute',
  'span.minutes_other': '{{count}} minutes',
  'span.hours_one': '{{count}} hour',
  'span.hours_other': '{{count}} hours',
  'alert.nothing': 'nothing',
  'alert.its-server': 'its server',
  'subject.inbound': 'inbound',
  'subject.outbound': 'outbound',
  'subject.gateway': 'gateway',
  'subject.journal': 'journal',
  'subject.archive': 'archive',
} as const

export const alertSayings = {
  ...parts,
  'alert.host-down':
    '{{host}} has taken no mail for {{span}}. {{number}} or more recipients wait; ' +
    'nothing is lost, and it is tried again for five days. It said: {{reply}}',
  'alert.look-at-host':
    'Look at the mail host and at the firewall between. The page of the route tests each step.',
  'alert.correct-login':
    'Correct user name and password on the page of the route, and test it: the test logs in too.',
  'alert.late-inbound': 'Mail for {{number}} or more of your recipients waits, the oldest for {{span}}.',
  'alert.late-outbound': 'Mail for {{number}} destinations outside waits, the oldest for {{span}}.',
  'alert.open-queue': 'Open the queue: what the next host said stands beside each message.',
  'alert.not-read':
    '{{name}} could not be read. {{saw}} People who joined since are not known yet; mail goes on.',
  'alert.secret-expired_one':
    'The client secret of {{name}} expired {{count}} day ago. Without it the directory cannot be read.',
  'alert.secret-expired_other':
    'The client secret of {{name}} expired {{count}} days ago. Without it the directory cannot be read.',
  'alert.secret-expires_one':
    'The client secret of {{name}} expires in {{count}} day. Without it the directory cannot be read.',
  'alert.secret-expires_other':
    'The client secret of {{name}} expires in {{count}} days. Without it the directory cannot be read.',
  'alert.make-secret': 'Make a new client secret in Entra, then enter it with its end date at the connector.',
  'alert.agent-silent': 'The agent of {{site}} has not been heard of for more than {{minutes}} minutes.',
  'alert.look-at-agent':
    'Look at {{host}}: is it up, does the service run, may it reach this gateway by HTTPS?',
  'alert.held-sender':
    '{{sender}} wrote to {{recipients}} recipients within an hour; ' +
    'its busiest hour before had {{usual}}. Its mail is held.',
  'alert.slowed-sender':
    '{{sender}} wrote to {{recipients}} recipients within an hour; ' +
    'its busiest hour before had {{usual}}. Its mail is slowed down.',
  'alert.look-at-sender':
    'Look at the subjects. If it was not the person, change the password; then release the sender.',
  'alert.infected':
    '{{sender}} tried to send malware ({{what}}). ' +
    'It was refused; a machine or an account may be in foreign hands.',
  'alert.look-at-infected':
    'Look at the message in the message centre, then scan the machine it came from and change the password.',
  'alert.no-certificate':
    '{{authority}} gives no certificate for {{name}}: “{{error}}”. {{until}}; tries: {{number}}.',
  'alert.none-present': 'There is none yet',
  'alert.present-ends': 'The present one ends on {{date}}',
  'alert.renew-now':
    'Does the name lead here, and is port 80 open from the internet? ' +
    'Then choose Renew now; it is tried again anyway.',
  'alert.certificate-ends': 'The certificate for {{name}} ends on {{date}}.',
  'alert.certificate-ended': 'The certificate for {{name}} ended on {{date}}.',
  'alert.renew-files': 'Renew the files of {{name}}: they are watched, and new ones are taken at once.',
  'alert.tlsa-differs':
    'The TLSA record at {{record}} does not name the key of {{name}}: senders that check DANE do not deliver.',
  'alert.publish-tlsa': 'Publish “{{record}}”, or remove the record.',
  'alert.journal-silent':
    'No journal report came since {{when}} UTC. In the same hours of other weeks some {{number}} came.',
  'alert.look-at-journal':
    'Look at the journal rule and the connector of the mail host, and at its queue to the journal address.',
  'alert.not-archived':
    'Since {{when}} UTC the archive keeps nothing: {{why}}. ' +
    'Mail goes on, and its copies wait in the spool.',
  'alert.look-at-archive':
    'Look at the room on the disk of the archive, or at the bucket and its keys. What waits follows by itself.',
  'alert.no-clamd':
    'The virus scanner clamd does not answer. Mail that should be scanned is deferred or held.',
  'alert.start-clamd': 'Start clamd, and check that GATEPOST_CLAMD names its socket or its host and port.',
  'alert.open-readiness': 'Open the page of the installation’s readiness.',
  'alert.claimed-here':
    'Somebody else published a record that proves {{domain}} and claims it. ' +
    'Your own record is there, so nothing changes.',
  'alert.claimed-gone':
    'Somebody else published a record that proves {{domain}} and claims it. Your own record is not seen. ' +
    'Once it was gone for three days, the operator of this gateway may hand the domain over.',
  'alert.keep-domain':
    'Is the domain yours? Publish your record again, or leave it where it is, and see who may change its DNS. ' +
    'If you gave it up, remove it from your domains.',
  'alert.domain-lost':
    '{{domain}} went to another organisation: your record was gone for three days, somebody else proved the ' +
    'domain, and the operator agreed. ' +
    'Mail for it is not yours any more; accounts that signed in by its addresses ended.',
  'alert.ask-operator':
    'Ask the operator of this gateway if this is wrong. Else remove the domain from your list.',
  'alert.claim-ready':
    'The claim of {{domain}} meets its conditions: the record of who holds it has been gone for three days.',
  'alert.hand-over':
    'Ask both organisations, then hand the domain over, or leave it: the claim ends by itself.',
  'alert.drift': '{{detail}}. Mail that is here goes on.',
  'alert.drift-saw': '{{detail}}. {{saw}} Mail that is here goes on.',
  'alert.open-step': 'Open the step: it shows what each server says.',
} as const
