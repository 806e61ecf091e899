// The page of a made-up Entra ID on which an administrator consents to an application: it says yes at once,
// or no where a test ordered it, and sends the browser back as Microsoft does.
import type { EntraApp } from './graph-token.ts'
import type { JsonAnswer, JsonRequest } from './json-server.ts'

/** Answers `/{organizations}/v2.0/adminconsent`. */
export function answerConsent(
  { url }: JsonRequest,
  { app, tenantId }: { readonly app: EntraApp; readonly tenantId: string },
): JsonAnswer {
  const query = url.searchParams
  const back = query.get('redirect_uri') ?? ''
  if (query.get('client_id') !== app.clientId || !URL.canParse(back))
    return { status: 400, body: { error: 'AADSTS700016: the application was not found.' } }
  const target = new URL(back)
  const state = query.get('state') ?? ''
  const answer =
    app.state === 'disabled'
      ? {
          error: 'access_denied',
          error_description: 'AADSTS65004: User declined to consent to access the app.',
          admin_consent: 'True',
          tenant: tenantId,
          state,
        }
      : { admin_consent: 'True', tenant: tenantId, state, scope: query.get('scope') ?? '' }
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value)
  return { status: 302, headers: { location: target.href }, body: {} }
}
