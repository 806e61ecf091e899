// Settings of a directory that an agent inside the network reads and pushes (D6). Reading is set at the
// agent.
import * as z from 'zod'

export const AgentSettings = z.object({
  kind: z.literal('agent'),
  /** The site whose agent pushes; null until one is paired. */
  agentId: z.string().trim().max(60).nullable().default(null),
})
export type AgentSettings = z.infer<typeof AgentSettings>
