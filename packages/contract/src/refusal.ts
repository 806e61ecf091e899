// The page behind the link in SMTP replies: for people outside, who have no account here.
import * as z from 'zod'
import { Nothing, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

export const Refusal = z.object({
  /** `expired`: older than what is kept. `unknown`: no such code, or only counted among many. */
  state: z.enum(['refused', 'deferred', 'expired', 'unknown']),
  at: Time.nullable(),
  /** The sending server's address. */
  clientIp: z.string().nullable(),
  /** What we replied to it. */
  reply: z.string().nullable(),
  what: z.string().nullable(),
  /** What the sender can do. */
  advice: z.array(z.string()),
})
export type Refusal = z.infer<typeof Refusal>

export const getRefusal = endpoint({
  name: 'getRefusal',
  method: 'GET',
  path: '/v1/refusals/{code}',
  tag: 'Messages',
  allow: 'public',
  summary: 'What became of a message that we refused or deferred, as its sender may know it.',
  params: z.object({ code: z.string().max(60) }),
  query: Nothing,
  body: Nothing,
  output: Refusal,
  status: 200,
  problems: ['too-many-attempts'],
})
