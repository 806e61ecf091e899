// The bucket against a stand-in that checks every signature (Signature Version 4) before it believes
// anything.
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ContentMissing } from './content-files.ts'
import { openBucket } from './s3.ts'

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of forty characters or so' }
const objects = new Map<string, Buffer>()
let port = 0
let refusals = 0
let knowsRanges = true
const server = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const body = Buffer.concat(parts)
  if (!isSigned(request, body)) {
    refusals += 1
    response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>')
    return
  }
  const path = request.url ?? ''
  const known = objects.get(path)
  if (request.method === 'PUT') objects.set(path, body)
  if (request.method === 'DELETE') objects.delete(path)
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  if (isRead && known === undefined) response.writeHead(404).end()
  else if (range && knowsRanges) {
    response.writeHead(206).end(known?.subarray(Number(range[1]), Number(range[2]) + 1))
  } else response.writeHead(200).end(request.method === 'GET' ? known : undefined)
})

/** As the store computes it from the request alone (AWS Signature Version 4). */
function isSigned({ method, url, headers }: IncomingMessage, body: Buffer): boolean {
  const found = /Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})/.exec(
    headers.authorization ?? '',
  )
  if (!found) return false
  const [, credential = '', signed = '', signature] = found
  const [keyId, day = '', region = '', service = ''] = credential.split('/')
  const digest = createHash('sha256').update(body).digest('hex')
  const told = String(headers['x-amz-content-sha256'])
  if (keyId !== KEY.accessKeyId || (told !== digest && told !== 'UNSIGNED-PAYLOAD')) return false
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}`)
  const canonical = [method, url, '', ...lines, '', signed, told].join('\n')
  const scope = [day, region, service, 'aws4_request'].join('/')
  const hash = createHash('sha256').update(canonical).digest('hex')
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash].join('\n')
  const hmac = (key: Buffer | string, value: string): Buffer =>
    createHmac('sha256', key).update(value).digest()
  const key = hmac(hmac(hmac(hmac(`AWS4${KEY.secretAccessKey}`, day), region), service), 'aws4_request')
  return hmac(key, text).toString('hex') === signature
}

const bucket = (secretAccessKey = KEY.secretAccessKey) =>
  openBucket({
    ...KEY,
    secretAccessKey,
    endpoint: `http://127.0.0.1:${port}`,
    bucket: 'mail',
    region: 'eu-central-1',
    prefix: 'gatepost/',
  })

let folder: string
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  folder = await mkdtemp(join(tmpdir(), 'gatepost-s3-'))
})
after(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

const NAME = `ten_1/${'ab'.repeat(32)}`

async function read(store: ReturnType<typeof bucket>, key: string): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of store.read(key)) parts.push(part)
  return Buffer.concat(parts).toString()
}

test('what is put is there, read, and removed; every request is signed', async () => {
  const store = bucket()
  assert.equal(await store.has(NAME), false)
  await store.put(NAME, [Buffer.from('sealed '), Buffer.from('octets')])
  assert.deepEqual([...objects.keys()], [`/mail/gatepost/ten_1/ab/ab/${'ab'.repeat(32)}`])
  assert.equal(await store.has(NAME), true)
  assert.equal(await read(store, NAME), 'sealed octets')
  await store.remove(NAME)
  await assert.rejects(read(store, NAME), ContentMissing)
  assert.equal(refusals, 0)
})

test('a file goes over whole and is gone here', async () => {
  const store = bucket()
  const path = join(folder, 'large')
  await writeFile(path, Buffer.alloc(3_000_000, 'x'))
  await store.putFile(NAME, path)
  assert.equal((await read(store, NAME)).length, 3_000_000)
  await store.remove(NAME)
})

test('a pack goes over once; a piece of it is read, with or without ranges', async () => {
  const { packs } = bucket()
  await packs.write('ten_1', 3, { at: 0, octets: Buffer.from('first second third') })
  assert.deepEqual([...objects.keys()], ['/mail/gatepost/ten_1/packs/00000003.pack'])
  for (knowsRanges of [true, false]) {
    assert.equal(String(await packs.read('ten_1', 3, { at: 6, length: 6 })), 'second')
    await assert.rejects(packs.read('ten_1', 3, { at: 13, length: 9 }), ContentMissing)
  }
  await assert.rejects(packs.write('ten_1', 3, { at: 18, octets: Buffer.from('x') }), /written once/)
  await assert.rejects(packs.read('../x', 3, { at: 0, length: 1 }), /no id of an organisation/)
  await packs.remove('ten_1', 3)
  await assert.rejects(packs.read('ten_1', 3, { at: 0, length: 1 }), ContentMissing)
  assert.equal(refusals, 0)
})

test('a wrong secret is refused by the store, and told', async () => {
  await assert.rejects(bucket('another secret').put(NAME, [Buffer.from('x')]), /403/)
  assert.equal(objects.size, 0)
  assert.ok(refusals > 0)
})

test('names of content are digests: nothing else becomes a path', async () => {
  for (const name of ['ten_1/../../x', '../x', 'ten_1/', `ten_1/${'ab'.repeat(32)}/x/..`.slice(0, 9)]) {
    await assert.rejects(bucket().has(name), /no address of content/)
  }
})
