// When logins, shared clouds and forwarding addresses were used last: written at most once a day (decisions
// 30).
import type { Store } from '#store/open.ts'

export type OutboundUse = {
  readonly kind: 'credential' | 'cloud' | 'forwarding'
  readonly tenantId: string
  /** Id of the row; the provider's name for a cloud. */
  readonly id: string
  readonly at: number
  readonly address: string | null
}

/** One that is gone since is nobody's concern. */
export async function keepOutboundUses(
  { db }: Pick<Store, 'db'>,
  uses: readonly OutboundUse[],
): Promise<void> {
  for (const { kind, tenantId, id, at, address } of uses) {
    if (kind === 'credential') {
      await db
        .updateTable('smtp_credential')
        .set({ last_seen_at: at, last_address: address })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .execute()
    } else if (kind === 'forwarding') {
      await db
        .updateTable('forwarding_address')
        .set({ last_seen_at: at })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .execute()
    } else {
      await db
        .updateTable('cloud_link')
        .set({ last_seen_at: at })
        .where('tenant_id', '=', tenantId)
        .where('provider', '=', id === 'google-workspace' ? 'google-workspace' : 'microsoft-365')
        .execute()
    }
  }
}
