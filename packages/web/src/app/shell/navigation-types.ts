// What an entry of the navigation is, and every address that has one.
import type { Permission } from '@gatepost/contract/permission.ts'
import type { IconInbox } from '@tabler/icons-react'

export type TenantAddress =
  | '/t/$slug/dashboard'
  | '/t/$slug/messages'
  | '/t/$slug/queue'
  | '/t/$slug/held'
  | '/t/$slug/digest'
  | '/t/$slug/spam-lessons'
  | '/t/$slug/archive'
  | '/t/$slug/where'
  | '/t/$slug/connect'
  | '/t/$slug/domains'
  | '/t/$slug/routes'
  | '/t/$slug/tls'
  | '/t/$slug/outbound'
  | '/t/$slug/forwarding'
  | '/t/$slug/signing'
  | '/t/$slug/senders'
  | '/t/$slug/greylisting'
  | '/t/$slug/forgery'
  | '/t/$slug/services'
  | '/t/$slug/policies'
  | '/t/$slug/users'
  | '/t/$slug/policies/groups'
  | '/t/$slug/directories'
  | '/t/$slug/administrators'
  | '/t/$slug/roles'
  | '/t/$slug/audit'
  | '/t/$slug/tokens'
  | '/t/$slug/retention'
  | '/t/$slug/shares'
  | '/t/$slug/leaving'
  | '/t/$slug/addresses'
  | '/t/$slug/acceptance'
  | '/t/$slug/sign-in'
  | '/t/$slug/alerts'
  | '/t/$slug/settings'

export type SystemAddress =
  | '/system/overview'
  | '/system/organizations'
  | '/system/operators'
  | '/system/templates'
  | '/system/usage'
  | '/system/leaving'
  | '/system/addresses'
  | '/system/readiness'
  | '/system/certificates'
  | '/system/entra-app'
  | '/system/alerts'
  | '/system/refusals'
  | '/system/audit'
  | '/system/tokens'

export type Entry<Address extends string> = {
  readonly to: Address
  /** Pages that are one page with another filter. */
  readonly search?: { readonly state: 'held' | 'queued' }
  readonly label: string
  readonly icon: typeof IconInbox
  readonly needs: Permission
  /** The page's guide: `senders` is docs/guides/senders.md; a test looks whether it is there. */
  readonly guide: string
  /** What people may look for: former names, words of other consoles. */
  readonly alsoCalled: readonly string[]
}

export type Group<Address extends string> = {
  readonly name: string | null
  readonly entries: readonly Entry<Address>[]
}
