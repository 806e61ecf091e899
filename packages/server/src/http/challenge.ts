// Answers the challenges by which a certificate authority sees that a host name is ours (HTTP-01, RFC 8555
// §8.3): on a listener of its own, and at the console's door for proxies that bring them there.
import { Hono } from 'hono'

export const CHALLENGE_PATH = '/.well-known/acme-challenge/'
/** base64url of at least 128 bits (RFC 8555 §8.3); nothing else is looked for. */
const TOKEN = /^[\w-]{16,200}$/

/** The text that proves a token, or null. */
export type FindChallenge = (token: string) => Promise<string | null>

/** An application that answers challenges and nothing else. */
export function createChallengeApp(find: FindChallenge): Hono {
  const app = new Hono()
  mountChallenges(app, find)
  app.notFound(() => new Response('Not found\n', { status: 404 }))
  app.onError(() => new Response('Not now\n', { status: 503 }))
  return app
}

export function mountChallenges(app: Hono, find: FindChallenge): void {
  app.get(`${CHALLENGE_PATH}:token`, async (context) => {
    const token = context.req.param('token')
    const proof = TOKEN.test(token) ? await find(token) : null
    if (proof === null) return new Response('Not found\n', { status: 404 })
    const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' }
    return new Response(proof, { headers })
  })
}
