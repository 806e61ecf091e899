// Alerts from what control has stored: directories, agents, senders that are slowed down, secrets that end.
import { EntraSettings } from '@gatepost/contract/directory-entra.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { type InfectedSender, infectedSenders } from '../../outbound/infected.ts'
import type { NewAlert } from '../alert.ts'
import { silentAgents, slowedSenders, syncedConnectors } from './kept-store.ts'
import type { Source } from './source.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** An agent speaks every half a minute; updates and reboots of its server fit into this. */
const AGENT_SILENT_MS = 15 * MINUTE_MS
/** Secrets are renewed by other people, who need time. */
const SECRET_WARNING_DAYS = 21
const SECRET_CRITICAL_DAYS = 3

/** A directory whose last run failed: people who joined since are unknown. */
export const syncSource: Source = {
  name: 'directories',
  kinds: ['sync-failing', 'secret-expiring'],
  everyMs: 30_000,
  async look({ store }, now) {
    const rows = await syncedConnectors(store.db)
    return { wrong: rows.flatMap((row) => [...failing(row), ...expiring(row, now)]) }
  },
}

type Connector = Awaited<ReturnType<typeof syncedConnectors>>[number]

function failing(row: Connector): NewAlert[] {
  if (row.trouble === null) return []
  const { saw, remedy } = JSON.parse(row.trouble) as { readonly saw: string; readonly remedy: string }
  return [
    {
      tenantId: row.tenant_id,
      kind: 'sync-failing',
      subject: row.name,
      severity: 'warning',
      text: say('alert.not-read', { name: row.name, saw }),
      remedy,
      link: `/t/${row.slug}/directories`,
    },
  ]
}

function expiring(row: Connector, now: number): NewAlert[] {
  if (row.kind !== 'entra') return []
  const settings = EntraSettings.safeParse(JSON.parse(row.settings))
  const until = settings.success ? settings.data.secretExpiresAt : null
  if (until === null) return []
  const days = Math.floor((until - now) / DAY_MS)
  if (days > SECRET_WARNING_DAYS) return []
  return [
    {
      tenantId: row.tenant_id,
      kind: 'secret-expiring',
      subject: row.name,
      severity: days <= SECRET_CRITICAL_DAYS ? 'critical' : 'warning',
      text: say(days < 0 ? 'alert.secret-expired' : 'alert.secret-expires', {
        name: row.name,
        count: Math.abs(days),
      }),
      remedy: say('alert.make-secret'),
      link: `/t/${row.slug}/directories`,
    },
  ]
}

/** An agent that was paired and is not heard of: its directory, live sign-in and probes stand still. */
export const agentSource: Source = {
  name: 'agents',
  kinds: ['agent-silent'],
  everyMs: 30_000,
  async look({ store, agents }, now) {
    const rows = await silentAgents(store.db, now - AGENT_SILENT_MS)
    const silent = rows.filter(({ id }) => !agents.isWaiting(id))
    return {
      wrong: silent.map((row) => ({
        tenantId: row.tenant_id,
        kind: 'agent-silent',
        subject: row.site,
        severity: 'warning',
        text: say('alert.agent-silent', { site: row.site, minutes: AGENT_SILENT_MS / MINUTE_MS }),
        remedy: say('alert.look-at-agent', { host: row.host_name ?? say('alert.its-server') }),
        link: `/t/${row.slug}/directories`,
      })),
    }
  },
}

/** A sender that sent far more than it ever did (6.8): often an account in foreign hands. */
export const takeoverSource: Source = {
  name: 'senders',
  kinds: ['takeover'],
  everyMs: 10_000,
  async look({ store }, now) {
    const rows = await slowedSenders(store.db)
    const slowed = rows.map(
      (row): NewAlert => ({
        tenantId: row.tenant_id,
        kind: 'takeover',
        subject: row.credential ?? row.identity,
        severity: 'critical',
        text: say(row.action === 'hold' ? 'alert.held-sender' : 'alert.slowed-sender', {
          sender: row.credential ?? row.identity,
          recipients: row.recipients,
          usual: row.usual,
        }),
        remedy: say('alert.look-at-sender'),
        link: `/t/${row.slug}/outbound`,
      }),
    )
    const infected = (await infectedSenders(store.db, now - INFECTED_MS)).map(infectedAlert)
    const known = new Set(slowed.map(({ tenantId, subject }) => `${tenantId} ${subject}`))
    return {
      wrong: [...slowed, ...infected.filter(({ tenantId, subject }) => !known.has(`${tenantId} ${subject}`))],
    }
  },
}

/** Malware from inside stays an alert for a day after the last try. */
const INFECTED_MS = DAY_MS

function infectedAlert({ tenantId, identity, what, slug }: InfectedSender): NewAlert {
  return {
    tenantId,
    kind: 'takeover',
    subject: identity,
    severity: 'critical',
    text: say('alert.infected', { sender: identity, what }),
    remedy: say('alert.look-at-infected'),
    link: `/t/${slug}/messages?search=${encodeURIComponent(identity)}`,
  }
}
