// The order that holds a dialogue with our own listener: what a mail host outside would be told (acceptance
// test).
import * as z from 'zod'

/** Recipients asked for in one dialogue. */
export const SELF_QUESTIONS_MAX = 10
/** Replies are ours, and short; a longer one is cut. */
const Text = z.string().max(1_000)

export type SelfProbeOrder = {
  readonly kind: 'probe-self'
  readonly id: string
  readonly tenantId: string
  /** The listener for mail from outside, as it can be reached from this machine. */
  readonly host: string
  readonly port: number
  /** Each is a transaction of its own that ends with RSET before DATA. */
  readonly questions: readonly {
    readonly name: string
    readonly reversePath: string
    readonly forwardPath: string
  }[]
}

export const SelfProbed = z.object({
  kind: z.literal('probe-self'),
  greeting: Text,
  /** Null: STARTTLS was not offered or failed; `fault` says how. */
  tls: z
    .object({ version: Text, cipher: Text, verified: z.boolean(), fault: Text.nullable(), subject: Text })
    .nullable(),
  /** What broke off the dialogue. */
  fault: Text.nullable(),
  answers: z.array(z.object({ name: Text, code: z.int(), reply: Text })).max(SELF_QUESTIONS_MAX),
})
export type SelfProbed = z.infer<typeof SelfProbed>
