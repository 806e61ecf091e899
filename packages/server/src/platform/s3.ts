// Content in a bucket that speaks S3, signed with Signature Version 4 by aws4fetch.
import { createHash } from 'node:crypto'
import { createReadStream, openAsBlob } from 'node:fs'
import { rm } from 'node:fs/promises'
import { AwsClient } from 'aws4fetch'
import { ContentMissing, type ContentStore, placeOf } from './content-files.ts'
import { type Packs, packName, tenantFolder } from './content-packs.ts'

export type S3Options = {
  /** Scheme and host; the bucket follows as the first part of the path. */
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** In front of every name in the bucket. */
  readonly prefix: string
}

/** Stores throttle and fall over for moments; later than this the edge tries again by itself. */
const RETRIES = 4
const TIMEOUT_MS = 60_000

/** Contents of their own, and packs, which a bucket cannot add to: each write is a pack. */
export function openBucket(options: S3Options): ContentStore & { readonly packs: Packs } {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey, prefix } = options
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES })
  const urlOf = (name: string): string => `${endpoint}/${encodeURIComponent(bucket)}/${prefix}${name}`
  const ask = async (name: string, init: RequestInit): Promise<Response> => {
    const response = await client.fetch(urlOf(name), { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (response.ok || response.status === 404) return response
    const text = (await response.text()).slice(0, 300)
    throw new Error(`the bucket answers ${init.method} with ${response.status}: ${text}`)
  }
  const send = async (name: string, body: Blob, digest: string): Promise<void> => {
    // The signature covers what is sent, so that a byte lost on the way is refused by the store.
    const headers = { 'x-amz-content-sha256': digest, 'content-type': 'application/octet-stream' }
    const response = await ask(name, { method: 'PUT', body, headers })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`the bucket ${bucket} is not there`)
  }
  const has = async (key: string): Promise<boolean> => {
    const response = await ask(nameOf(key), { method: 'HEAD' })
    return response.ok
  }
  const remove = async (name: string): Promise<void> => {
    const response = await ask(name, { method: 'DELETE' })
    await response.body?.cancel()
  }
  const packs: Packs = {
    canGrow: false,
    async write(tenantId, pack, { at, octets }) {
      if (at !== 0) throw new Error('a pack in a bucket is written once')
      const digest = createHash('sha256').update(octets).digest('hex')
      await send(nameOfPack(tenantId, pack), new Blob([octets as Uint8Array<ArrayBuffer>]), digest)
    },
    async read(tenantId, pack, { at, length }) {
      const headers = { range: `bytes=${at}-${at + length - 1}` }
      const response = await ask(nameOfPack(tenantId, pack), { method: 'GET', headers })
      if (!response.ok) throw new ContentMissing(`there is no pack ${pack}`)
      const octets = Buffer.from(await response.arrayBuffer())
      // A store that knows no ranges answers with everything.
      const found = response.status === 206 ? octets : octets.subarray(at, at + length)
      if (found.length !== length) throw new ContentMissing(`pack ${pack} ends at ${at + found.length}`)
      return found
    },
    remove: (tenantId, pack) => remove(nameOfPack(tenantId, pack)),
    close: async () => {},
  }
  return {
    packs,
    async put(key, parts) {
      const sum = createHash('sha256')
      for (const part of parts) sum.update(part)
      await send(nameOf(key), new Blob(parts as Uint8Array<ArrayBuffer>[]), sum.digest('hex'))
    },
    async putFile(key, path) {
      const sum = createHash('sha256')
      for await (const part of createReadStream(path)) sum.update(part)
      await send(nameOf(key), await openAsBlob(path), sum.digest('hex'))
      await rm(path, { force: true })
    },
    async *read(key) {
      const response = await ask(nameOf(key), { method: 'GET' })
      if (!response.ok || response.body === null) {
        throw new ContentMissing(`no content is kept as ${key}`)
      }
      yield* response.body as unknown as AsyncIterable<Uint8Array>
    },
    has,
    remove: async (key) => remove(nameOf(key)),
  }
}

function nameOf(key: string): string {
  return placeOf(key).map(encodeURIComponent).join('/')
}

function nameOfPack(tenantId: string, pack: number): string {
  return `${tenantFolder(tenantId)}/packs/${packName(pack)}`
}
