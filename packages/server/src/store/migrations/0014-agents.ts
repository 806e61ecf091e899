// Synchronisation agents: sites with their tokens, and the listings they push in numbered chunks.
import type { Migration } from './migration.ts'

export const agents: Migration = {
  version: 14,
  name: 'agents',
  statements: ({ text, clustered }) => [
    `create table agent (id ${text} primary key, tenant_id ${text} not null, site ${text} not null,
      token_digest ${text}, code_digest ${text}, code_expires_at bigint, paired_at bigint,
      live_sign_in bigint not null, last_seen_at bigint, last_seen_from ${text}, version ${text},
      platform ${text}, host_name ${text}, status ${text}, created_at bigint not null)`,
    'create index agent_by_tenant on agent (tenant_id, site)',
    'create unique index agent_by_token on agent (token_digest) where token_digest is not null',
    'create unique index agent_by_code on agent (code_digest) where code_digest is not null',
    `create table agent_push (tenant_id ${text} not null, agent_id ${text} not null, id ${text} not null,
      started_at bigint not null, completed_at bigint, chunks bigint not null, entries bigint not null,
      not_listed ${text} not null, primary key (tenant_id, agent_id, id)) ${clustered}`,
    `create table agent_chunk (tenant_id ${text} not null, agent_id ${text} not null,
      push_id ${text} not null, number bigint not null, entries bigint not null, body ${text} not null,
      primary key (tenant_id, agent_id, push_id, number)) ${clustered}`,
  ],
}
