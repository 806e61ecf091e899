// Synchronisation agents (D6): sites of an organisation, how one is paired, and what it says to the gateway.
import * as z from 'zod'
import { Nothing, Program, TenantPath, Time } from './common.ts'
import { BinaryFile, endpoint } from './endpoint.ts'

/** Sites of one organisation; each is an installation in a network of its own. */
export const AGENTS_MAX = 50
/** Entries of one chunk. */
export const CHUNK_ENTRIES_MAX = 1_000
/** One chunk as JSON; a group with 100,000 members fits. */
export const CHUNK_BYTES_MAX = 8_000_000
/** Chunks of one listing: 10 million entries would fit, 500,000 are read. */
export const CHUNKS_MAX = 10_000
/** Listings of all agents of one organisation, whole ones and those on their way: octets, and chunks. */
export const STAGED_OCTETS_MAX = 1_000_000_000
export const STAGED_CHUNKS_MAX = 20_000
/** How long a question for work may be left open, in seconds: below what proxies cut. */
export const WAIT_SECONDS_MAX = 50

const AgentPath = TenantPath.extend({ agent: z.string() })
const Site = z.string().trim().min(1).max(80)

/** What an agent says of itself. */
export const AgentStatus = z.object({
  state: z.enum(['idle', 'reading', 'pushing']),
  /** The directory it reads, without account: `ldaps://dc1.corp.example`. */
  directory: z.string().max(300),
  lastReadAt: Time.nullable(),
  entries: z.int().min(0).nullable(),
  /** Why the last reading failed; null when it did not. */
  trouble: z.object({ saw: z.string().max(1_000), remedy: z.string().max(1_000) }).nullable(),
  /** Whether its own settings let it answer sign-ins. */
  signsIn: z.boolean(),
})
export type AgentStatus = z.infer<typeof AgentStatus>

export const Agent = z.object({
  id: z.string(),
  site: z.string(),
  state: z.enum(['waiting', 'connected', 'away']),
  /** Sign-ins of people of this directory are answered by it, when its own settings allow it, too. */
  liveSignIn: z.boolean(),
  pairedAt: Time.nullable(),
  /** Until when the code counts; null when there is none. */
  codeExpiresAt: Time.nullable(),
  lastSeenAt: Time.nullable(),
  lastSeenFrom: z.string().nullable(),
  version: z.string().nullable(),
  /** A newer program can be downloaded here. */
  isOutdated: z.boolean(),
  platform: z.string().nullable(),
  hostName: z.string().nullable(),
  status: AgentStatus.nullable(),
  lastPush: z.object({ at: Time, entries: z.int(), notListed: z.array(z.string()) }).nullable(),
  /** A push under way: chunks received so far. */
  receiving: z.object({ since: Time, chunks: z.int(), entries: z.int() }).nullable(),
  createdAt: Time,
})
export type Agent = z.infer<typeof Agent>

/** One script for Node, and single executables. The names are those of the files. */
export const agentProgramNames = [
  'gatepost-agent.mjs',
  'gatepost-agent-linux-x64',
  'gatepost-agent-windows-x64.exe',
] as const
export type AgentProgramName = (typeof agentProgramNames)[number]

export const AgentProgram = Program.extend({ name: z.enum(agentProgramNames) })
export type AgentProgram = z.infer<typeof AgentProgram>

/** A fresh code, shown once. */
export const PairingCode = z.object({
  agent: Agent,
  code: z.string(),
  /** What the agent is told: the console's outward address. */
  url: z.string(),
})
export type PairingCode = z.infer<typeof PairingCode>

const tag = 'Directory agents'

export const listAgents = endpoint({
  name: 'listAgents',
  method: 'GET',
  path: '/v1/tenants/{tenant}/agents',
  tag,
  allow: 'directories:read',
  summary: 'Sites with an agent: state, version, last seen, last push; and the programs to download.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(Agent), version: z.string(), programs: z.array(AgentProgram) }),
  status: 200,
  problems: ['not-found'],
})

export const addAgent = endpoint({
  name: 'addAgent',
  method: 'POST',
  path: '/v1/tenants/{tenant}/agents',
  tag,
  allow: 'directories:write',
  summary: 'Adds a site and answers with a one-time code that pairs its agent within the hour.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ site: Site }),
  output: PairingCode,
  status: 201,
  problems: ['invalid-input', 'limit-reached'],
})

export const renewAgentCode = endpoint({
  name: 'renewAgentCode',
  method: 'POST',
  path: '/v1/tenants/{tenant}/agents/{agent}/code',
  tag,
  allow: 'directories:write',
  summary: 'A fresh code for a site; an agent that is paired stays so until the code is used.',
  params: AgentPath,
  query: Nothing,
  body: Nothing,
  output: PairingCode,
  status: 201,
  problems: ['not-found'],
})

export const updateAgent = endpoint({
  name: 'updateAgent',
  method: 'PATCH',
  path: '/v1/tenants/{tenant}/agents/{agent}',
  tag,
  allow: 'directories:write',
  summary: 'Renames a site, or lets its agent answer live sign-ins.',
  params: AgentPath,
  query: Nothing,
  body: z.object({ site: Site.optional(), liveSignIn: z.boolean().optional() }),
  output: Agent,
  status: 200,
  problems: ['not-found', 'invalid-input'],
})

export const removeAgent = endpoint({
  name: 'removeAgent',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/agents/{agent}',
  tag,
  allow: 'directories:write',
  summary: 'Removes a site and revokes its agent’s token at once.',
  params: AgentPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const askForPush = endpoint({
  name: 'askForPush',
  method: 'POST',
  path: '/v1/tenants/{tenant}/agents/{agent}/push',
  tag,
  allow: 'directories:write',
  summary: 'Asks the agent to read its directory and push the listing now.',
  params: AgentPath,
  query: Nothing,
  body: Nothing,
  output: Agent,
  status: 202,
  problems: ['not-found', 'connector-not-ready'],
})

export const downloadAgent = endpoint({
  name: 'downloadAgent',
  method: 'GET',
  path: '/v1/agent/programs/{program}',
  tag,
  allow: 'public',
  summary: 'The agent’s program: one script for Node, or a single executable.',
  params: z.object({ program: z.enum(agentProgramNames) }),
  query: Nothing,
  body: Nothing,
  output: BinaryFile,
  file: { mediaType: 'application/octet-stream', name: null },
  status: 200,
  problems: ['not-found', 'too-many-attempts'],
})

// What the agent itself asks, by its own token.

const AgentEntry = z.strictObject({
  externalId: z.string().min(1).max(200),
  kind: z.enum(['user', 'shared-mailbox', 'resource', 'contact', 'public-folder', 'group']),
  email: z.string().max(320).nullable(),
  aliases: z.array(z.string().max(320)).max(2_000),
  name: z.string().max(1_000),
  userName: z.string().max(1_000).nullable(),
  signInEnabled: z.boolean(),
  /** Name and value. Strict, so that nothing else, a password least of all, can come along. */
  attributes: z.array(z.tuple([z.string().max(100), z.string().max(4_000)])).max(50),
  members: z.array(z.string().max(200)).max(500_000),
  place: z.string().max(4_000),
})
export type AgentEntry = z.infer<typeof AgentEntry>

/** Body of a chunk; it comes raw as JSON, since it may be larger than forms are. */
export const AgentChunk = z.strictObject({ entries: z.array(AgentEntry).max(CHUNK_ENTRIES_MAX) })
export type AgentChunk = z.infer<typeof AgentChunk>

const About = z.object({
  version: z.string().max(40),
  platform: z.string().max(60),
  hostName: z.string().max(253),
})

export const pairAgent = endpoint({
  name: 'pairAgent',
  method: 'POST',
  path: '/v1/agent/pair',
  tag,
  allow: 'public',
  summary: 'Takes a one-time code and answers with the agent’s token. The code is used up.',
  params: Nothing,
  query: Nothing,
  body: About.extend({ code: z.string().trim().max(60) }),
  output: z.object({ token: z.string(), agentId: z.string(), site: z.string(), organization: z.string() }),
  status: 201,
  problems: ['wrong-credentials', 'too-many-attempts'],
})

/** What the gateway wants of an agent. */
export const AgentTask = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('push') }),
  z.object({ kind: z.literal('sign-in'), id: z.string(), userName: z.string(), password: z.string() }),
  /** Knock at a mail host of the organisation's delivery routes from where the agent stands (C10). */
  z.object({
    kind: z.literal('probe'),
    id: z.string(),
    host: z.string(),
    port: z.int(),
    helo: z.string(),
    reversePath: z.string(),
    forwardPath: z.string(),
    content: z.string().nullable(),
  }),
])
export type AgentTask = z.infer<typeof AgentTask>

export const agentWork = endpoint({
  name: 'agentWork',
  method: 'POST',
  path: '/v1/agent/work',
  tag,
  allow: 'agent',
  summary: 'Tells how the agent is and waits for something to do.',
  params: Nothing,
  query: Nothing,
  body: About.extend({
    status: AgentStatus,
    waitSeconds: z.int().min(0).max(WAIT_SECONDS_MAX),
  }),
  output: z.object({
    tasks: z.array(AgentTask),
    site: z.string(),
    /** Sign-ins may be asked of it. */
    liveSignIn: z.boolean(),
    /** The program that this gateway offers. */
    currentVersion: z.string(),
  }),
  status: 200,
  problems: ['not-signed-in'],
})

const SignInResult = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('accepted'),
    externalId: z.string().max(200),
    email: z.string().max(320).nullable(),
    name: z.string().max(1_000),
  }),
  z.object({
    kind: z.enum(['refused', 'unavailable']),
    code: z.string().max(60),
    saw: z.string().max(1_000),
  }),
])
export type AgentSignInResult = z.infer<typeof SignInResult>

export const agentAnswer = endpoint({
  name: 'agentAnswer',
  method: 'POST',
  path: '/v1/agent/answers/{task}',
  tag,
  allow: 'agent',
  summary: 'The agent’s answer to a live sign-in.',
  params: z.object({ task: z.string().max(60) }),
  query: Nothing,
  body: z.object({ result: SignInResult }),
  output: Nothing,
  status: 204,
  problems: ['not-signed-in', 'not-found'],
})

const ProbeResult = z.object({
  kind: z.enum(['open', 'closed', 'unknown']),
  stage: z.enum(['connect', 'greeting', 'ehlo', 'mail', 'rcpt', 'data']),
  reply: z.string().max(400),
  /** The address of the host that it connected to; null where it knew none. */
  address: z.string().max(60).nullable(),
})
export type AgentProbeResult = z.infer<typeof ProbeResult>

export const agentProbed = endpoint({
  name: 'agentProbed',
  method: 'POST',
  path: '/v1/agent/probes/{task}',
  tag,
  allow: 'agent',
  summary: 'What the agent saw when it knocked at a mail host.',
  params: z.object({ task: z.string().max(60) }),
  query: Nothing,
  body: z.object({ result: ProbeResult }),
  output: Nothing,
  status: 204,
  problems: ['not-signed-in', 'not-found'],
})

const PushPath = z.object({ push: z.string().regex(/^[0-9a-f-]{16,40}$/) })

export const beginPush = endpoint({
  name: 'beginPush',
  method: 'POST',
  path: '/v1/agent/pushes/{push}',
  tag,
  allow: 'agent',
  summary: 'Begins or resumes a push, and tells which chunks are here already.',
  params: PushPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ received: z.array(z.int()) }),
  status: 200,
  problems: ['not-signed-in'],
})

export const putChunk = endpoint({
  name: 'putChunk',
  method: 'PUT',
  path: '/v1/agent/pushes/{push}/chunks/{number}',
  tag,
  allow: 'agent',
  summary: 'One chunk of a listing; the same again changes nothing.',
  params: PushPath.extend({
    number: z.coerce
      .number()
      .int()
      .min(0)
      .max(CHUNKS_MAX - 1),
  }),
  query: Nothing,
  body: Nothing,
  raw: { mediaTypes: ['application/json'], bytesMax: CHUNK_BYTES_MAX },
  output: z.object({ entries: z.int() }),
  status: 200,
  problems: [
    'not-signed-in',
    'not-found',
    'limit-reached',
    'malformed-request',
    'invalid-input',
    'body-too-large',
    'media-type-unknown',
  ],
})

export const completePush = endpoint({
  name: 'completePush',
  method: 'POST',
  path: '/v1/agent/pushes/{push}/complete',
  tag,
  allow: 'agent',
  summary: 'Says that the listing is whole; chunks that are missing are named and nothing is taken over.',
  params: PushPath,
  query: Nothing,
  body: z.object({
    chunks: z.int().min(0).max(CHUNKS_MAX),
    entries: z.int().min(0),
    notListed: z.array(z.string().max(500)).max(20),
  }),
  output: z.object({ state: z.enum(['complete', 'incomplete']), missing: z.array(z.int()) }),
  status: 200,
  problems: ['not-signed-in', 'not-found'],
})
