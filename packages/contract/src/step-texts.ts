// The words of every step of Connect: why it is there, what changes for people, what could break, and the way
// back.
import type { StepName } from './connect.ts'

export type StepText = {
  readonly title: string
  /** What is done in this step. */
  readonly what: string
  readonly why: string
  readonly changesForUsers: string
  readonly couldBreak: string
  readonly undo: string
}

const NOTHING_CHANGES = 'Nothing.'
const NOTHING_BREAKS = 'Nothing: mail is not touched.'

export const stepTexts: { readonly [Name in StepName]: StepText } = {
  'name-organization': {
    title: 'Name your organisation',
    what: 'You name the organisation, whom we reach in an emergency, and what kind of mail host you have.',
    why: 'The name, an emergency contact and your kind of mail host decide which instructions you see.',
    changesForUsers: NOTHING_CHANGES,
    couldBreak: NOTHING_BREAKS,
    undo: 'Change the details under Settings at any time.',
  },
  'validate-domains': {
    title: 'Validate your domains',
    what: 'You add each domain and publish one record for it: a TXT at the domain, or a CNAME.',
    why: 'A record in your DNS proves that a domain is yours, so that nobody else can receive its mail here.',
    changesForUsers: NOTHING_CHANGES,
    couldBreak: 'Nothing: a TXT or CNAME of its own touches no other record.',
    undo: 'Remove the domain from the list, and the record from your DNS.',
  },
  'synchronize-directory': {
    title: 'Synchronise your directory',
    what: 'You connect a directory, look at what would change, and say yes to the first run.',
    why: 'Gatepost then knows who works with you, and follows joiners and leavers by itself.',
    changesForUsers: NOTHING_CHANGES,
    couldBreak:
      'A directory that lists too few people would have mail for the others refused; a brake stops such runs.',
    undo: 'Switch the connector off; people who came from it stay for a grace time.',
  },
  'add-users': {
    title: 'Add users manually',
    what: 'You add people one by one, or upload a list as CSV or XLSX.',
    why: 'Gatepost can only refuse mail for unknown people when it knows everybody, aliases and shared mailboxes too.',
    changesForUsers: NOTHING_CHANGES,
    couldBreak:
      'Nothing until recipient validation is set; then mail for addresses missing from the list is refused.',
    undo: 'Undo an import within the hour, or remove single users.',
  },
  'user-authentication': {
    title: 'Set up user authentication',
    what: 'You choose how people sign in: password, directory, or an identity provider, with a second factor.',
    why: 'People sign in to see their own held mail with the password they already have.',
    changesForUsers: 'They can sign in to their own pages.',
    couldBreak: 'Sign-in alone; mail does not depend on it.',
    undo: 'Disable the profile; sign-in returns to what it was.',
  },
  'prepare-inbound': {
    title: 'Prepare for inbound email',
    what: 'You enter the mail host, let it take mail from us, and send a test message through.',
    why: 'Gatepost must know where your mail host is, and your mail host must take mail from us, before the MX changes.',
    changesForUsers: 'Nothing yet; the one test message goes to the mailbox you choose.',
    couldBreak: NOTHING_BREAKS,
    undo: 'Remove the delivery route. Until your MX changes nothing uses it.',
  },
  outbound: {
    title: 'Set up your outbound email',
    what: 'You authorise the mail host, point its smart host at us, and publish SPF and a signing key.',
    why: 'Mail that leaves through Gatepost teaches it whom your people write to, so their answers come in without delay.',
    changesForUsers: 'Nothing they see; mail to the outside takes one more hop.',
    couldBreak: 'Mail from an address that is not authorised waits in your mail host until you authorise it.',
    undo: 'Remove the smart host from your mail host; it then delivers by itself as before.',
  },
  'import-permitted-senders': {
    title: 'Import permitted senders',
    what: 'You collect the addresses that people write to, and upload the list.',
    why: 'Whoever your people correspond with today is known from the first day.',
    changesForUsers: 'Mail from people they know is not delayed.',
    couldBreak: NOTHING_BREAKS,
    undo: 'Undo the import within the hour.',
  },
  'recipient-validation': {
    title: 'Set up recipient validation',
    what: 'You choose for each domain who may be written to, after seeing who would have been refused.',
    why: 'Mail for people who do not exist is refused at the door, which stops most junk before it is stored.',
    changesForUsers: 'Less junk. Senders who mistype an address are told so at once.',
    couldBreak:
      'Mail for an address that is missing from the list is refused. Choose 451 for the first days if unsure.',
    undo: 'Set the domain back to accept all; it works within seconds.',
  },
  'modify-mx': {
    title: 'Modify your MX record',
    what: 'You publish our host as the MX record, at once or in three careful changes.',
    why: 'From here on mail from the internet comes to Gatepost first.',
    changesForUsers:
      'Junk and forgeries stay out. The first mail of an unknown sender may take some minutes.',
    couldBreak:
      'Mail for missing users is refused, and mail waits if your mail host does not take it from us.',
    undo: 'Publish the old MX records; they are printed on the page. Nothing that we accepted is lost.',
  },
  'secure-inbound': {
    title: 'Secure your inbound email',
    what: 'You close port 25 of the mail host, or its connector, to everybody but us.',
    why: 'As long as your mail host answers everybody, senders can walk around Gatepost.',
    changesForUsers: NOTHING_CHANGES,
    couldBreak:
      'Anything that still delivers directly to your mail host, such as scanners and old MX records.',
    undo: 'Open port 25, or switch the connector off.',
  },
  journaling: {
    title: 'Set up journaling',
    what: 'You let the mail host send a copy of every message to the journal address.',
    why: 'A copy of internal mail, too, reaches the archive.',
    changesForUsers: NOTHING_CHANGES,
    couldBreak: 'Your mail host queues journal reports when we cannot be reached; mail goes on.',
    undo: 'Disable the journal rule at your mail host.',
  },
  'basic-administrators': {
    title: 'Manage basic administrators',
    what: 'You give colleagues the role of a basic administrator.',
    why: 'Colleagues can help with daily work without holding every right.',
    changesForUsers: 'Those you choose can sign in as administrators.',
    couldBreak: NOTHING_BREAKS,
    undo: 'Take the role back.',
  },
  'forwarding-addresses': {
    title: 'Manage forwarding addresses',
    what: 'You enter addresses whose mail goes to somebody outside.',
    why: 'Mail for somebody outside can go to an address you choose, which is otherwise refused as relaying.',
    changesForUsers: NOTHING_CHANGES,
    couldBreak: 'A wrong target sends mail in circles; each one is checked for that.',
    undo: 'Remove the forwarding address.',
  },
  'bypass-anti-spoofing': {
    title: 'Bypass anti-spoofing',
    what: 'You look at who writes in your name from outside, and exempt the services that may.',
    why: 'Services that write in your name from outside would be refused as forgeries.',
    changesForUsers: 'Mail from those services arrives.',
    couldBreak: 'An exemption that is too wide lets forgeries through; each one is made as narrow as can be.',
    undo: 'Remove the exemption.',
  },
  'tls-policies': {
    title: 'Set up your TLS policies',
    what: 'You test partners and ask for encryption where they can keep it up.',
    why: 'Mail with partners who ask for it is never sent or taken without encryption.',
    changesForUsers: NOTHING_CHANGES,
    couldBreak: 'Mail to a partner without good TLS waits and then comes back.',
    undo: 'Set the policy back to opportunistic.',
  },
  'firewall-lockdown': {
    title: 'Firewall lockdown',
    what: 'You keep the mail host closed for good: we knock every hour and tell you when it opens.',
    why: 'Port 25 of your mail host answers to Gatepost alone.',
    changesForUsers: NOTHING_CHANGES,
    couldBreak: 'Whatever still sends to your mail host directly stops.',
    undo: 'Run the undo command that stands beside the lock command.',
  },
}
