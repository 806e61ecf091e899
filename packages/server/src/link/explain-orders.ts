// The order behind "ask any message" (P5): what would become of a message that an edge has not got.
import * as z from 'zod'
import type { Direction, Verdict } from '#policy/policy.ts'
import type { PolicyRule } from '#policy/rule.ts'

export type ExplainOrder = {
  readonly kind: 'explain'
  readonly id: string
  readonly tenantId: string
  readonly clientIp: string
  readonly helo: string
  readonly reversePath: string | null
  readonly forwardPath: string
  /** Header and body, base64 of CRLF text; null asks about the envelope alone. */
  readonly content: string | null
  /** A rule that is not there yet, or that stands for the one with its id. */
  readonly draft: PolicyRule | null
}

export type Explained = {
  readonly kind: 'explain'
  readonly direction: Direction | null
  /** The settings that were asked. */
  readonly revision: number | null
  readonly rcpt: Verdict
  /** Null where the recipient is refused already, or there is no content. */
  readonly message: Verdict | null
  /** Why the content cannot be judged; null when it can. */
  readonly fault: string | null
}

const STEPS_MAX = 100
const RuleRef = z.object({ id: z.string(), name: z.string() })
const VerdictShape = z.object({
  kind: z.enum(['accept', 'hold', 'defer', 'reject']),
  by: z.string().nullable(),
  reply: z
    .object({ code: z.int(), status: z.string(), lines: z.array(z.string()).max(STEPS_MAX) })
    .nullable(),
  explanation: z
    .array(
      z.object({
        policy: z.string(),
        stage: z.enum(['rcpt', 'message']),
        kind: z.string(),
        because: z.string(),
        saw: z.string(),
        rule: RuleRef.optional(),
      }),
    )
    .max(STEPS_MAX),
  facts: z.record(z.string(), z.unknown()),
}) as unknown as z.ZodType<Verdict>

/** What an edge answers, checked where it comes in. */
export const ExplainedShape = z.object({
  kind: z.literal('explain'),
  direction: z.enum(['inbound', 'outbound']).nullable(),
  revision: z.int().nullable(),
  rcpt: VerdictShape,
  message: VerdictShape.nullable(),
  fault: z.string().nullable(),
})
