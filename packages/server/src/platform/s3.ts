// Content in a bucket that speaks S3, signed with Signature Version 4 by aws4fetch.
import { createHash } from 'node:crypto'
import { createReadStream, openAsBlob } from 'node:fs'
import { rm } from 'node:fs/promises'
import { AwsClient } from 'aws4fetch'
import { ContentMissing, type ContentStore, placeOf } from './content-files.ts'

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

export function openBucket(options: S3Options): ContentStore {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey, prefix } = options
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES })
  const urlOf = (key: string): string =>
    `${endpoint}/${encodeURIComponent(bucket)}/${prefix}${placeOf(key).map(encodeURIComponent).join('/')}`
  const ask = async (key: string, init: RequestInit): Promise<Response> => {
    const response = await client.fetch(urlOf(key), { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (response.ok || response.status === 404) return response
    const text = (await response.text()).slice(0, 300)
    throw new Error(`the bucket answers ${init.method} with ${response.status}: ${text}`)
  }
  const send = async (key: string, body: Blob, digest: string): Promise<void> => {
    // The signature covers what is sent, so that a byte lost on the way is refused by the store.
    const headers = { 'x-amz-content-sha256': digest, 'content-type': 'application/octet-stream' }
    const response = await ask(key, { method: 'PUT', body, headers })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`the bucket ${bucket} is not there`)
  }
  const has = async (key: string): Promise<boolean> => {
    const response = await ask(key, { method: 'HEAD' })
    return response.ok
  }
  return {
    async put(key, parts) {
      const sum = createHash('sha256')
      for (const part of parts) sum.update(part)
      await send(key, new Blob(parts as Uint8Array<ArrayBuffer>[]), sum.digest('hex'))
    },
    async putFile(key, path) {
      const sum = createHash('sha256')
      for await (const part of createReadStream(path)) sum.update(part)
      await send(key, await openAsBlob(path), sum.digest('hex'))
      await rm(path, { force: true })
    },
    async *read(key) {
      const response = await ask(key, { method: 'GET' })
      if (!response.ok || response.body === null) {
        throw new ContentMissing(`no content is kept as ${key}`)
      }
      yield* response.body as unknown as AsyncIterable<Uint8Array>
    },
    has,
    async remove(key) {
      const response = await ask(key, { method: 'DELETE' })
      await response.body?.cancel()
    },
  }
}
