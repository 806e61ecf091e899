// Every event by name: level and meaning. Log, metrics and docs/reference/events.md read this one list.

export type Level = 'debug' | 'info' | 'warn' | 'error'

export type EventDefinition = {
  readonly level: Level
  /** What it means, and what to do when it is a warning or an error. */
  readonly means: string
  /** Also counted as a metric of this name (gatepost_<name>_total). */
  readonly counts?: string
  /** Its field `durationMs` also goes into a histogram (gatepost_<name>_seconds). */
  readonly times?: { readonly name: string; readonly means: string }
}

export const catalogue = {
  'boot.started': { level: 'info', means: 'A process is ready.' },
  'boot.failed': { level: 'error', means: 'A process could not start; the reason names what to change.' },
  'boot.draining': { level: 'info', means: 'A stop was asked for: no new work is taken, open work ends.' },
  'supervisor.restart.begun': {
    level: 'info',
    means: 'A restart was asked for: control first, then one worker after the other.',
  },
  'supervisor.restart.done': { level: 'info', means: 'Every process is a new one.' },
  'supervisor.restart.failed': {
    level: 'error',
    means: 'A new process did not come up, so the others were left as they are. The reason is here.',
  },
  'supervisor.child.ended': { level: 'warn', means: 'A child process ended by itself and is started again.' },
  'link.snapshot.adopted': { level: 'info', means: 'An edge works with a newer snapshot.' },
  'link.unreachable': {
    level: 'warn',
    means: 'Control cannot be reached; the edge goes on with what it has.',
  },
  'link.rejected': { level: 'error', means: 'A message on the link does not have the agreed shape.' },
  'link.order.done': { level: 'info', means: 'An order of control was carried out.' },
  'edge.screening.failed': {
    level: 'error',
    means:
      'Content could not be looked into: a fault of ours, or too slow. The message is told as unreadable.',
    counts: 'screening_failures',
  },
  'edge.listening': { level: 'info', means: 'A listener accepts connections.' },
  'edge.connection.opened': { level: 'debug', means: 'A client connected.', counts: 'connections' },
  'edge.connection.refused': {
    level: 'info',
    means: 'A connection was refused by a limit or a PROXY header.',
    counts: 'connections_refused',
  },
  'edge.tenant.busy': {
    level: 'warn',
    means:
      'An organisation has as many connections as limits.connections_per_tenant allows: its senders come again.',
    counts: 'tenant_connections_refused',
  },
  'edge.connection.closed': { level: 'debug', means: 'A session ended.' },
  'edge.command.failed': {
    level: 'error',
    means:
      'A command handler threw: a bug or a broken machine. The client got 451 4.3.0, or its 250 where the message was durable.',
  },
  'edge.auth.succeeded': { level: 'info', means: 'A mail host signed in with a service credential.' },
  'edge.auth.failed': {
    level: 'info',
    means: 'A name or password was wrong. Many of one address slow it down, then close it.',
    counts: 'auth_failures',
  },
  'edge.recipient.refused': {
    level: 'info',
    means: 'A recipient was refused or deferred at RCPT.',
    counts: 'recipients_refused',
  },
  'edge.message.refused': {
    level: 'info',
    means: 'A message was refused or deferred at the end of data.',
    counts: 'messages_refused',
  },
  'edge.greylist.failed': {
    level: 'warn',
    means:
      'The greylist’s file cannot be written: senders are taken without a delay until it can. Look at the disk.',
  },
  'edge.message.accepted': {
    level: 'info',
    means: 'A message is durable and got its 250.',
    counts: 'messages_accepted',
    times: {
      name: 'accept',
      means: 'From the last octet of a message to its 250, policies and disk included.',
    },
  },
  'edge.smuggling.refused': {
    level: 'warn',
    means: 'Content held a bare CR or LF, or a line of a dot and NULs: refused (SMTP smuggling).',
    counts: 'smuggling_refused',
  },
  'spool.opened': {
    level: 'info',
    means: 'The spool is open; counts say what waits in it, `noted` how many outcomes outlived a kill.',
  },
  'spool.adopted': { level: 'warn', means: 'The spool of a worker that is gone was taken over.' },
  'spool.not-adopted': {
    level: 'error',
    means:
      'What waits in the spool of a worker that is gone stays there: it cannot be opened. Mend its disk and start again.',
  },
  'spool.unavailable': {
    level: 'error',
    means: 'The disk refuses: senders get 452 until it is back. Free space or mend the disk.',
  },
  'spool.reports.dropped': {
    level: 'warn',
    means:
      'Control was away for so long that tracking reports were dropped, refusals first. No mail is concerned.',
    counts: 'reports_dropped',
  },
  'spool.recovered': { level: 'info', means: 'The disk takes writes again.' },
  'spool.outcomes.unnoted': {
    level: 'warn',
    means:
      'Outcomes cannot be noted ahead of the spool: delivery goes on, but a kill may double what it delivered. Look at the disk.',
  },
  'spool.message.set-aside': {
    level: 'error',
    means: 'A message failed us three times and is held for a person.',
  },
  'delivery.attempt.delivered': {
    level: 'info',
    means: 'The next hop took responsibility for recipients.',
    counts: 'deliveries',
    times: { name: 'delivery', means: 'From the first contact with a next hop to its 250.' },
  },
  'delivery.attempt.deferred': {
    level: 'info',
    means: 'The next hop or the way to it failed for now.',
    counts: 'deferrals',
  },
  'delivery.attempt.bounced': { level: 'info', means: 'Recipients failed for good.', counts: 'bounces' },
  'delivery.signing.failed': {
    level: 'error',
    means: 'A message left without the signature it should have: its key could not be used.',
    counts: 'signing_failures',
  },
  'delivery.dsn.sent': { level: 'info', means: 'A delivery report was put into the spool.', counts: 'dsns' },
  'delivery.dsn.withheld': {
    level: 'info',
    means: 'No report was sent: null or unproven reverse-path; the message is held as undeliverable.',
  },
  'delivery.archive.waiting': {
    level: 'warn',
    means: 'The archive takes nothing at the moment; what is to be archived waits in the spool.',
    counts: 'archive_waits',
  },
  'delivery.held.ended': {
    level: 'info',
    means:
      'A message was held for 14 days and nobody released it: returned where a report may go, else discarded.',
    counts: 'held_ended',
  },
  'delivery.queue.changed': {
    level: 'info',
    means: 'A person held, released, returned, discarded, rerouted or retried waiting messages.',
  },
  'control.backup.done': { level: 'info', means: 'A backup is whole; its folder holds a manifest.' },
  'control.backup.failed': {
    level: 'error',
    means: 'A backup could not be made; the reason says what to change. Its folder is no backup.',
  },
  'control.certificate.fetched': { level: 'info', means: 'A certificate was fetched by ACME and is in use.' },
  'control.certificate.failed': {
    level: 'warn',
    means: 'A certificate could not be fetched. The authority’s words are here, and when it is tried again.',
    counts: 'certificate_failures',
  },
  'control.check.ran': { level: 'debug', means: 'A Connect check ran.' },
  'control.check.failed': { level: 'warn', means: 'A Connect check could not be carried out.' },
  'control.alert.failed': {
    level: 'warn',
    means: 'Word of an alert could not be sent; it is tried again unless isLast is true. The reason is here.',
    counts: 'alert_send_failures',
  },
  'control.request.failed': { level: 'error', means: 'An API request failed by our own fault.' },
  'control.request.done': { level: 'debug', means: 'An API request was answered.', counts: 'api_requests' },
  'control.sign-in.failed': { level: 'warn', means: 'A sign-in failed.', counts: 'sign_in_failures' },
  'control.sign-in.untold': {
    level: 'error',
    means: 'Why a sign-in was refused could not be written into the audit log.',
  },
  'control.reset.failed': { level: 'error', means: 'The mail with a reset link could not be sent.' },
  'control.snapshot.published': { level: 'info', means: 'A new snapshot is offered to the edges.' },
} as const satisfies Record<string, EventDefinition>

export type EventName = keyof typeof catalogue
