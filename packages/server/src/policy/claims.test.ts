// Addresses that stand in a text, as a reader takes them (F4).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { internalAddressesIn } from './claims.ts'
import type { TenantSettings } from './settings.ts'

const domain = { id: 'd', recipientMode: 'accept-all', unknownRecipient: 'reject', routeId: null } as const
const settings: TenantSettings = {
  tenantId: 'acme',
  slug: 'acme',
  revision: 1,
  domains: [
    { ...domain, name: 'acme.example' },
    { ...domain, name: 'xn--mller-kva.example' },
  ],
  authorizedOutbounds: [],
  routes: [],
  defaultRouteId: null,
  smartHostRouteId: null,
  postmaster: null,
}

test('an internal address is one in any writing that a reader takes for it', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['Ann (Ann@ACME.example)', ['ann@acme.example']],
    ['ann＠acme。example.', ['ann@acme.example']],
    ['a\u200bnn@ac\u00adme.exam\u2060ple', ['ann@acme.example']],
    ['ann@müller.example', ['ann@xn--mller-kva.example']],
    ['ann@mail.MÜLLER.example', ['ann@mail.xn--mller-kva.example']],
    ['ann@acme.example.evil.example, x@', []],
  ]
  for (const [text, expected] of cases) assert.deepEqual(internalAddressesIn(settings, text), expected, text)
})
