// The self-made certificate must be one that real TLS takes: a handshake over loopback, and kept at the next
// start.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect, createServer } from 'node:tls'
import { systemClock } from './clock.ts'
import { ensureFetchedFolder, fetchedNames, writeFetched } from './fetched-certificates.ts'
import { openTls, selfSigned } from './tls.ts'
import { keepTicketKey, readTicketKey } from './tls-tickets.ts'

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

test('the certificate is kept between starts, and stands in where files cannot be read', () => {
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
  assert.match(problems[2] ?? '', /bad\.crt: /)
  assert.equal(broken.certificate(), first.certificate(), 'mail still comes encrypted')
  broken.close()
  const absent = { certificate: join(folder, 'no.crt'), key: join(folder, 'no.key') }
  mkdirSync(join(folder, 'new'))
  const without = openTls({ ...options, folder: join(folder, 'new'), files: absent })
  assert.match(problems[3] ?? '', /no\.crt: there is no such file$/)
  assert.ok(without.context())
  without.close()
  rmSync(folder, { recursive: true })
})

test('files that are replaced behind links are read again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'))
  const put = (name: string): string => {
    const made = selfSigned('a.example', NOW)
    writeFileSync(join(folder, `${name}.crt`), made.certificate)
    writeFileSync(join(folder, `${name}.key`), made.key)
    return made.certificate
  }
  const link = (name: string): void => {
    for (const end of ['crt', 'key']) {
      symlinkSync(join(folder, `${name}.${end}`), join(folder, `new.${end}`))
      renameSync(join(folder, `new.${end}`), join(folder, `live.${end}`))
    }
  }
  const first = put('first')
  link('first')
  let changed = (): void => {}
  const tls = openTls({
    folder,
    hostname: 'a.example',
    now: NOW,
    files: { certificate: join(folder, 'live.crt'), key: join(folder, 'live.key') },
    reloaded: () => changed(),
  })
  assert.equal(tls.certificate(), first)
  const context = tls.context()
  const second = put('second')
  const reloaded = new Promise<void>((resolve) => {
    changed = () => tls.certificate() === second && resolve()
  })
  link('second')
  await reloaded
  assert.notEqual(tls.context(), context)
  tls.close()
  rmSync(folder, { recursive: true })
})

test('each host name gets its certificate: own files first, fetched ones, a wildcard, else the usual one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'))
  const fetched = join(folder, 'acme')
  ensureFetchedFolder(fetched)
  const put = (name: string) => {
    const made = selfSigned(name, NOW)
    const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
    writeFileSync(certificate, made.certificate)
    writeFileSync(key, made.key)
    return { certificate, key }
  }
  const further = [put('two.example'), put('*.wild.example')]
  let changed = (): void => {}
  const tls = openTls({
    folder,
    hostname: 'mx.example',
    now: NOW,
    files: null,
    further,
    fetched,
    reloaded: () => changed(),
  })
  const names = [
    'two.example',
    'TWO.example',
    'a.wild.example',
    'mx.example',
    'b.a.wild.example',
    'x.example',
  ]
  const shown = async (): Promise<readonly string[]> => {
    const server = createServer({
      SNICallback: (name, done) => done(null, tls.byName()?.(name) ?? undefined),
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const found: string[] = []
    for (const servername of names) {
      const client = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false })
      await once(client, 'secureConnect')
      found.push(String(client.getPeerCertificate().subjectaltname).replace('DNS:', ''))
      client.destroy()
    }
    server.close()
    return found
  }
  const self = 'mx.example'
  assert.deepEqual(await shown(), ['two.example', 'two.example', '*.wild.example', self, self, self])
  const before = tls.certificate()
  const reloaded = new Promise<void>((resolve) => {
    changed = () => tls.certificate() !== before && resolve()
  })
  const made = (name: string) => {
    const { certificate: chain, key } = selfSigned(name, NOW)
    return { name, chain, key }
  }
  assert.equal(writeFetched(fetched, [made('mx.example'), made('two.example')]), true)
  await reloaded
  assert.equal(tls.certificate().includes('BEGIN CERTIFICATE'), true)
  assert.equal(tls.certificate().includes(tls.usual()?.cert ?? '-'), true)
  // The operator's own file of a name stays in front of the one that was fetched.
  assert.deepEqual(await shown(), ['two.example', 'two.example', '*.wild.example', self, self, self])
  tls.close()
  rmSync(folder, { recursive: true })
})

test('one certificate leaves no choice, and an index that cannot be read names none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'))
  const fetched = join(folder, 'acme')
  ensureFetchedFolder(fetched)
  writeFileSync(join(fetched, 'index.json'), '["../../etc/passwd", 7, "ok.example"')
  assert.deepEqual(fetchedNames(fetched), [])
  writeFileSync(join(fetched, 'index.json'), '["../../etc/passwd", 7]')
  assert.deepEqual(fetchedNames(fetched), [])
  const options = { folder, hostname: 'mx.example', now: NOW, files: null, fetched, reloaded: () => {} }
  const tls = openTls(options)
  assert.equal(tls.byName(), null)
  tls.close()
  rmSync(folder, { recursive: true })
})

test('the ticket key is kept for a day and then replaced', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'))
  const path = join(folder, 'tickets.key')
  const keep = (): string => {
    keepTicketKey(path, systemClock)()
    return readTicketKey(path)?.toString('hex') ?? ''
  }
  const first = keep()
  assert.equal(first.length, 96)
  assert.equal(keep(), first)
  const yesterday = new Date(Date.now() - 25 * 3_600_000)
  utimesSync(path, yesterday, yesterday)
  const second = keep()
  assert.notEqual(second, first)
  writeFileSync(path, 'short')
  assert.equal(readTicketKey(path), null)
  assert.notEqual(keep(), second)
  rmSync(folder, { recursive: true })
})
