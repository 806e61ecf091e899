// What tests of signing in ask again and again: a password shown, mail that control sent, reasons in the
// audit log.
import type { Order } from '@gatepost/server/link/orders.ts'
import { type Answer, type Browser, PASSWORD, type SignInPlace } from './place.ts'

export const MAYA = 'maya@acme.example'
export const UMA = 'uma@acme.example'

export function signIn(browser: Browser, email: string, password = PASSWORD): Promise<Answer> {
  return browser.post('/v1/sessions', { email, password })
}

/** Mail that control handed over, as text. */
export function watchMail(place: SignInPlace): Extract<Order, { kind: 'submit' }>[] {
  const sent: Extract<Order, { kind: 'submit' }>[] = []
  const { link } = place.control.deps
  const order = link.order
  Object.assign(link, {
    order: async (asked: Order) => {
      if (asked.kind === 'submit') sent.push(asked)
      return order(asked)
    },
  })
  return sent
}

/** Reasons in the audit log, the oldest first, once one is like that: they are written after the answer. */
export async function whys({ control, tenantId }: SignInPlace, wanted: RegExp): Promise<string> {
  for (let wait = 0; wait < 1_200; wait += 1) {
    const rows = await control.deps.store.db
      .selectFrom('audit')
      .select('after')
      .where('tenant_id', '=', tenantId)
      .where('action', '=', 'session.refused')
      .orderBy('id')
      .execute()
    const text = rows.map(({ after }) => after ?? '').join('\n')
    if (wanted.test(text)) return text
    await new Promise((done) => setTimeout(done, 50))
  }
  return ''
}

type Profile = {
  readonly id: string
  readonly kind: string
  readonly revision: number
  readonly groups: unknown
}

/** A sign-in profile as it would be saved again unchanged. */
export async function profileDraft(
  browser: Browser,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
): Promise<Record<string, unknown>> {
  const { json } = await browser.get(`/v1/tenants/${tenantId}/sign-in`)
  const { profiles } = json as { readonly profiles: readonly Profile[] }
  const profile = profiles.find((one) => one.id === id)
  if (!profile) throw new Error(`there is no profile ${id}`)
  const { id: _id, kind: _kind, revision: _revision, ...draft } = profile
  return { ...draft, groups: [] }
}
