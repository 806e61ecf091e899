// The master key that secrets are sealed with: its state, and its rotation while all runs (A7).
import * as z from 'zod'
import { Nothing } from './common.ts'
import { endpoint } from './endpoint.ts'

export const KeyStatus = z.object({
  /** Ids of the keys in the file, the sealing one first; an id tells nothing of its key. */
  keys: z.array(z.string()),
  columns: z.array(z.object({ column: z.string(), secrets: z.int(), outdated: z.int() })),
  /** Secrets sealed with an older key. */
  outdated: z.int(),
  /** Compiled settings in use with a copy sealed with an older key. */
  copies: z.int(),
  running: z.boolean(),
  /** Secrets sealed anew by the rotation that runs or ran last. */
  resealed: z.int(),
  /** Why the last rotation ended early; asking again goes on with the rest. */
  failed: z.string().nullable(),
})
export type KeyStatus = z.infer<typeof KeyStatus>

export const getKeys = endpoint({
  name: 'getKeys',
  method: 'GET',
  path: '/v1/system/keys',
  tag: 'Keys',
  allow: 'system:read',
  summary: 'The master keys by id, and what is sealed with an older one.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: KeyStatus,
  status: 200,
  problems: [],
})

export const rotateKeys = endpoint({
  name: 'rotateKeys',
  method: 'POST',
  path: '/v1/system/keys/rotate',
  tag: 'Keys',
  allow: 'system:write',
  summary: 'Makes a new master key and seals every secret anew with it, while mail and console go on.',
  params: Nothing,
  query: Nothing,
  body: z.object({
    /** Seals with the first key of the file as it is, where the file is changed by hand. */
    keep: z.boolean().default(false),
  }),
  output: KeyStatus,
  status: 202,
  problems: ['rotation-running', 'key-file-refused'],
})

export const dropKeys = endpoint({
  name: 'dropKeys',
  method: 'POST',
  path: '/v1/system/keys/drop',
  tag: 'Keys',
  allow: 'system:write',
  summary: 'Removes older master keys that nothing is sealed with any more.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: KeyStatus,
  status: 200,
  problems: ['rotation-running', 'key-in-use', 'key-file-refused'],
})
