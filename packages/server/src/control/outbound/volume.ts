// What senders sent, read from reports: by author, by login, by address (6.8).
import type { AcceptedReport } from '#link/reports.ts'
import type { SenderKind } from '#store/outbound-tables.ts'

/** What one sender sent in a batch of reports. */
export type SenderVolume = {
  readonly tenantId: string
  readonly kind: SenderKind
  readonly identity: string
  readonly at: number
  readonly messages: number
  readonly recipients: number
  /** Subjects, the newest last. */
  readonly subjects: readonly string[]
}

export const HOUR_MS = 3_600_000
const SUBJECTS_MAX = 5

/** A message counts for its author, for the login and for the address it came from. */
export function volumesIn(report: AcceptedReport): readonly SenderVolume[] {
  const { tenantId, at, author, client, credentialId, subject } = report
  const common = { tenantId, at, messages: 1, recipients: report.recipients.length }
  const subjects = subject === null ? [] : [subject]
  const isShared = report.recipients.some(
    ({ facts }) => facts.relay?.kind === 'known' && facts.relay.value.cloud != null,
  )
  const volumes: SenderVolume[] = []
  if (author !== null) volumes.push({ ...common, kind: 'author', identity: author, subjects })
  if (credentialId !== undefined)
    volumes.push({ ...common, kind: 'credential', identity: credentialId, subjects })
  // An address of a shared cloud is nobody's identity.
  else if (client !== null && !isShared)
    volumes.push({ ...common, kind: 'address', identity: client.ip, subjects })
  return volumes
}

export function addVolume(before: SenderVolume | undefined, more: SenderVolume): SenderVolume {
  if (before === undefined) return more
  return {
    ...more,
    messages: before.messages + more.messages,
    recipients: before.recipients + more.recipients,
    subjects: [...before.subjects, ...more.subjects].slice(-SUBJECTS_MAX),
  }
}
