// The self-made certificate must be one that real TLS takes: a handshake over loopback, and kept at the next
// start.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect, createServer } from 'node:tls'
import { openTls, selfSigned } from './tls.ts'

const NOW = Date.UTC(2026, 10, 21)

test('a self-made certificate names the host and carries a handshake', async () => {
  const { certificate, key } = selfSigned('mx.gate.example', NOW)
  const read = new X509Certificate(certificate)
  assert.equal(read.subjectAltName, 'DNS:mx.gate.example')
  assert.ok(read.verify(read.publicKey))
  const server = createServer({ cert: certificate, key }, (socket) => socket.end('hello')).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const client = connect({ port, host: '127.0.0.1', servername: 'mx.gate.example', ca: certificate })
  await once(client, 'secureConnect')
  assert.equal(client.authorized, true)
  client.destroy()
  server.close()
})

test('the certificate is kept between starts, and broken files leave the old one in place', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'))
  const problems: (string | null)[] = []
  const options = {
    folder,
    hostname: 'a.example',
    now: NOW,
    files: null,
    reloaded: (p: string | null) => problems.push(p),
  }
  const first = openTls(options)
  const second = openTls(options)
  assert.equal(second.certificate(), first.certificate())
  assert.deepEqual(problems, [null, null])
  writeFileSync(join(folder, 'bad.crt'), 'x')
  writeFileSync(join(folder, 'bad.key'), 'x')
  const broken = openTls({
    ...options,
    files: { certificate: join(folder, 'bad.crt'), key: join(folder, 'bad.key') },
  })
  assert.equal(broken.context(), null)
  assert.ok(problems[2])
  broken.close()
  rmSync(folder, { recursive: true })
})
