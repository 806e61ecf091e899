// The protocol of the link: paths and shapes both sides share (decisions 32). HTTP/1.1 over
// data/run/link.sock.

/** Bumped when paths or shapes change; a side that meets a newer major refuses with a clear line. */
export const LINK_VERSION = 1

/** How long control keeps a long poll open when nothing changed. */
export const LONG_POLL_MS = 25_000
/** At most this many feed items a page and reports a batch: bounds memory on both sides. */
export const FEED_PAGE_MAX = 5_000
export const REPORTS_PER_BATCH_MAX = 1_000

/**
 * GET  /v1/snapshot?node=N&slot=S&have=V   long poll; 200 SnapshotIndex when version ≠ V (live), else 204
 * GET  /v1/shard/{digest}                  200 TenantShard
 * GET  /v1/feed?after=P                    200 FeedPage (long poll when P is current: 204). P=-1 starts over.
 * GET  /v1/feed?after=P&fill=C             200 FeedPage of lists that are read from their tables, from C on.
 * GET  /v1/orders?node=N&slot=S            long poll; 200 { orders } or 204
 * POST /v1/orders/{id}/result              body OrderResult; 204
 * POST /v1/reports                         body ReportBatch; 200 { acknowledged: sequence }
 * POST /v1/metrics                         body Measurements; 204
 * POST /v1/archive                         body a line of `Upload` and the octets; 200 { kept } once on disk
 */
export const linkPaths = {
  snapshot: '/v1/snapshot',
  shard: '/v1/shard/',
  feed: '/v1/feed',
  orders: '/v1/orders',
  reports: '/v1/reports',
  metrics: '/v1/metrics',
  archive: '/v1/archive',
} as const
