// Alerts, where word of them goes, and what was sent.
import type { Migration } from './migration.ts'

export const alerts: Migration = {
  version: 39,
  name: 'alerts',
  statements: ({ text, clustered }) => [
    `create table alert (id ${text} primary key, tenant_id ${text} not null, kind ${text} not null,
      subject ${text} not null, severity ${text} not null, text ${text} not null, remedy ${text} not null,
      link ${text} not null, raised_at bigint not null, seen_at bigint not null, cleared_at bigint,
      acknowledged_at bigint, acknowledged_by ${text}, muted_until bigint, escalated_at bigint, is_open bigint)`,
    // Nulls are never equal, so cleared alerts may repeat.
    'create unique index alert_open on alert (tenant_id, kind, subject, is_open)',
    'create index alert_by_tenant on alert (tenant_id, id)',
    `create table alert_channel (tenant_id ${text} primary key, webhook_url ${text}, webhook_secret ${text},
      secret_set_at bigint, email ${text}, escalate_to ${text}, escalate_minutes bigint,
      silenced ${text} not null, tested_at bigint, revision bigint not null) ${clustered}`,
    `create table alert_send (id ${text} primary key, tenant_id ${text} not null, alert_id ${text},
      event ${text} not null, channel ${text} not null, target ${text}, state ${text} not null,
      attempts bigint not null default 0, created_at bigint not null, due_at bigint not null,
      sent_at bigint, why ${text})`,
    'create index alert_send_due on alert_send (state, due_at)',
    'create index alert_send_by_alert on alert_send (tenant_id, alert_id)',
  ],
}
