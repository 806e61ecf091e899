// The address that Microsoft sends a browser back to after an administrator consented: judged in control,
// here is only where to go next.
import type { Hono } from 'hono'
import { answerEntraConsent, type ConsentDeps } from '#control/directory/consent.ts'
import { clientAddressOf } from './authenticate.ts'

/** Microsoft's answers are some hundred octets; more is an attack. */
const QUERY_MAX = 4_000

export function mountEntraConsent(
  app: Hono,
  { consent, trustedProxies }: { readonly consent: ConsentDeps; readonly trustedProxies: readonly string[] },
): void {
  app.get('/entra/consent', async (context) => {
    const { address } = clientAddressOf(context, trustedProxies)
    const query = new URLSearchParams(new URL(context.req.url).search.slice(0, QUERY_MAX))
    const { outcome, slug } = await answerEntraConsent(query, address, consent)
    const location = slug === null ? `/?consent=${outcome}` : `/t/${slug}/directories?consent=${outcome}`
    return new Response(null, {
      status: 303,
      headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    })
  })
}
