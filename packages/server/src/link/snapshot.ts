// The snapshot: what control publishes to edges. One shard a tenant, stored by digest; checked on both sides.
import { createHash } from 'node:crypto'
import * as z from 'zod'
import { LOGIN_MECHANISMS, type TenantSettings } from '#policy/settings.ts'
import { AddressGroupShape, RuleShape } from './rule-shape.ts'

/** Bumped when a shard's shape changes; nodes one release apart interoperate (architecture §7). */
export const SHARD_FORMAT = 1

const DomainSettings = z.object({
  id: z.string(),
  name: z.string(),
  recipientMode: z.enum(['accept-all', 'known', 'directory', 'call-forward', 'learning']),
  unknownRecipient: z.enum(['reject', 'defer']),
  routeId: z.string().nullable(),
  callForward: z
    .object({ sender: z.enum(['original', 'null']), whenSilent: z.enum(['defer', 'accept']) })
    .optional(),
  learningUntil: z.number().optional(),
})

const RouteSettings = z.object({
  id: z.string(),
  name: z.string(),
  host: z.string(),
  port: z.int().min(1).max(65_535),
  tls: z.enum(['opportunistic', 'enforced-relaxed', 'enforced-strict', 'none']),
  alternateId: z.string().nullable(),
  moreHosts: z.array(z.string()).optional(),
  paused: z.literal(true).optional(),
  login: z
    .object({
      username: z.string(),
      mechanisms: z.array(z.enum(LOGIN_MECHANISMS)).optional(),
      sealed: z.string(),
    })
    .optional(),
})

const CloudSettings = z.object({
  provider: z.enum(['microsoft-365', 'google-workspace']),
  ranges: z.array(z.string()),
  tenantIds: z.array(z.string()),
  secretDigest: z.string().nullable(),
})

const ForwardingSettings = z.object({
  id: z.string(),
  address: z.string(),
  target: z.string(),
  keepCopy: z.boolean(),
})

const SuspectSender = z.object({
  kind: z.enum(['credential', 'address', 'author']),
  identity: z.string(),
  action: z.enum(['throttle', 'hold']),
})

/** One tenant's settings on the wire. Equal to `TenantSettings`, checked by the compiler below. */
export const TenantShard = z.object({
  tenantId: z.string(),
  slug: z.string(),
  revision: z.int(),
  domains: z.array(DomainSettings),
  lostDomains: z.array(z.object({ name: z.string(), lostAt: z.int() })).optional(),
  authorizedOutbounds: z.array(z.object({ id: z.string(), cidr: z.string() })),
  routes: z.array(RouteSettings),
  defaultRouteId: z.string().nullable(),
  smartHostRouteId: z.string().nullable(),
  postmaster: z.string().nullable(),
  deliveryPaused: z.literal(true).optional(),
  rules: z.array(RuleShape).optional(),
  groups: z.array(AddressGroupShape).optional(),
  credentials: z.array(z.object({ id: z.string(), username: z.string(), keys: z.string() })).optional(),
  clouds: z.array(CloudSettings).optional(),
  forwardings: z.array(ForwardingSettings).optional(),
  srsKey: z.string().optional(),
  suspects: z.array(SuspectSender).optional(),
  hourlyRecipients: z.int().optional(),
  heldDays: z.int().min(1).max(14).optional(),
  signing: z
    .object({
      keys: z.array(
        z.object({
          id: z.string(),
          domain: z.string(),
          selector: z.string(),
          algorithm: z.enum(['rsa-sha256', 'ed25519-sha256']),
          sealed: z.string(),
        }),
      ),
      seals: z.enum(['none', 'forwarded', 'all']),
    })
    .optional(),
  arcSealers: z.array(z.string()).optional(),
  archiving: z.literal(true).optional(),
  journal: z.array(z.string()).optional(),
  spamTaught: z.string().max(300_000).optional(),
  autoAllow: z.object({ enabled: z.boolean(), days: z.int(), samplePercent: z.int() }).optional(),
}) satisfies z.ZodType<TenantSettings>

/**
 * The list of shards that make one version. `feedPosition` is the least replica position it needs (decisions
 * 31).
 */
export const SnapshotIndex = z.object({
  format: z.literal(SHARD_FORMAT),
  version: z.int(),
  feedPosition: z.int(),
  /** tenant id → digest of its shard. */
  shards: z.array(z.object({ tenantId: z.string(), digest: z.string() })),
})
export type SnapshotIndex = z.infer<typeof SnapshotIndex>

/** The digest that names a shard: SHA-256 over its canonical JSON (keys in schema order). */
export function shardDigest(shard: TenantSettings): string {
  return createHash('sha256')
    .update(JSON.stringify(TenantShard.parse(shard)))
    .digest('hex')
}
