// The agent as it is downloaded, against a real OpenLDAP: paired and pushing through a real HTTP proxy, cut
// off in the middle of a listing and resumed, answering sign-ins, shut out when its site is removed (D6).
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { listConnectors } from '@gatepost/server/control/directory/connector.ts'
import { makeAuthority } from '@gatepost/server/delivery/tls/certificates.fixture.ts'
import { serve } from '@gatepost/server/http/serve.ts'
import { type TestControl, withControl } from '../control.ts'
import { addOrganisation } from '../store/fixtures.ts'
import { BASE, groupLdif, peopleLdif, type Slapd, SYNC, slapdMissing, startSlapd } from './lib/slapd.ts'
import { startTinyproxy, type Tinyproxy, tinyproxyMissing } from './lib/tinyproxy.ts'
import { startTlsFront, type TlsFront } from './lib/tls-front.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAM = join(ROOT, '.cache/agent/gatepost-agent.mjs')
const PEOPLE = 3_000
/** A minute by hand: GATEPOST_TEST_CUT_MS=60000. */
const CUT_MS = Number(process.env.GATEPOST_TEST_CUT_MS ?? 3_000)
const skip = slapdMissing() || tinyproxyMissing()

let slapd: Slapd
let folder: string
before(
  async () => {
    if (skip) return
    await run(process.execPath, [join(ROOT, 'scripts/agent.mjs')])
    slapd = await startSlapd(peopleLdif(0, PEOPLE) + groupLdif('sales', ['user00001', 'user00002']))
    folder = mkdtempSync(join(tmpdir(), 'gatepost-agent-'))
  },
  { timeout: 240_000 },
)
after(async () => {
  await slapd?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

// biome-ignore lint/suspicious/noExplicitAny: answers of several endpoints, looked at by the tests.
type Body = any

type Place = {
  readonly control: TestControl
  readonly tenantId: string
  readonly front: TlsFront
  readonly proxy: Tinyproxy
  readonly env: NodeJS.ProcessEnv
  call(method: string, path: string, body?: object): Promise<Body>
  /** Runs one command of the agent; its output. */
  agent(...args: readonly string[]): Promise<string>
}

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  await withControl(async (control) => {
    const { tenantId } = await addOrganisation(control.deps.store, 'Corp', 'corp.example')
    const cookie = await control.person({ tenantId, role: 'super' })
    const served = await serve(control.app(), { host: '127.0.0.1', port: 0 })
    const authority = makeAuthority('Gate authority')
    const front = await startTlsFront(served.port ?? 0, authority.issue(['localhost']))
    const proxy = await startTinyproxy(front.port)
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, authority.ca.certificate)
    const env = {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: ca,
      HTTPS_PROXY: proxy.url,
      GATEPOST_AGENT_DATA: mkdtempSync(join(folder, 'data-')),
    }
    const call: Place['call'] = async (method, path, body) => {
      const response = await fetch(`http://localhost:${served.port}/v1/tenants/${tenantId}${path}`, {
        method,
        headers: { cookie, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return text === '' ? null : JSON.parse(text)
    }
    const agent: Place['agent'] = async (...args) => {
      const { stdout } = await run(process.execPath, [PROGRAM, ...args], { env, timeout: 240_000 })
      return stdout
    }
    try {
      await work({ control, tenantId, front, proxy, env, call, agent })
    } finally {
      await front.close()
      await proxy.stop()
      await served.close()
    }
  })
}

/** A site with its paired agent, told where slapd is. */
async function pairedSite({ call, agent, front }: Place, site = 'Head office'): Promise<string> {
  const added = await call('POST', '/agents', { site })
  assert.match(await agent('pair', `https://localhost:${front.port}`, added.code), /Head office|Branch/)
  writeFileSync(join(folder, 'password'), `${SYNC.password}\n`)
  const where = ['--host', '127.0.0.1', '--port', String(slapd.port), '--encryption', 'none']
  const who = ['--user', SYNC.userName, '--password', join(folder, 'password'), '--base', BASE]
  await agent('set', ...where, ...who, '--sign-in', 'yes')
  return added.agent.id
}

type Running = {
  readonly output: () => string
  /** Its exit code, once its last words are here too. */
  readonly gone: Promise<number | null>
  stop(): Promise<number | null>
}

function startAgent({ env }: Place): Running {
  const child = spawn(process.execPath, [PROGRAM, 'run'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  const gone = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    output: () => text,
    gone,
    async stop() {
      child.kill('SIGTERM')
      return gone
    },
  }
}

async function until<Value>(look: () => Promise<Value | null>, what: string, ms = 90_000): Promise<Value> {
  const end = Date.now() + ms
  while (Date.now() < end) {
    const seen = await look()
    if (seen !== null) return seen
    await sleep(50)
  }
  return assert.fail(`waited ${ms} ms for ${what}`)
}

const siteOf = async ({ call }: Place, id: string): Promise<Body> =>
  (await call('GET', '/agents')).items.find((site: Body) => site.id === id)

const pushed = (place: Place, id: string, entries: number) =>
  until(async () => {
    const { lastPush } = await siteOf(place, id)
    return lastPush?.entries === entries ? lastPush : null
  }, `${entries} entries`)

describe('the agent', { skip, timeout: 240_000 }, () => {
  it('is paired, tests its directory and pushes, all through an HTTP proxy, and previews are made', () =>
    inPlace(async (place) => {
      const { agent, call, proxy, front, control, tenantId } = place
      const id = await pairedSite(place)
      const checks = await agent('check', 'alias.user00007@corp.example')
      assert.match(checks, /passed +look-up/)
      const settings = { kind: 'agent', agentId: id }
      const connector = await call('POST', '/directories', { name: 'Head office', settings })
      await agent('sync')
      assert.equal((await pushed(place, id, PEOPLE + 1)).notListed.length >= 0, true)
      assert.match(proxy.log(), new RegExp(`CONNECT localhost:${front.port}`))
      const run = await until(async () => {
        const seen = await call('GET', `/directories/${connector.id}/runs`)
        return seen.items?.[0]?.state === 'previewed' ? seen.items[0] : null
      }, 'the preview of the push')
      assert.equal(run.trigger, 'pushed')
      assert.equal(run.read, PEOPLE + 1)
      // Nothing is taken over before a person said yes.
      const scope = { tenantId, actor: { kind: 'system', name: 'test' }, from: 'internal' } as const
      const { items } = await listConnectors(scope, control.deps)
      assert.equal(items[0]?.state, 'new')
    }))

  it('goes on where it was cut off in the middle of a listing', () =>
    inPlace(async (place) => {
      const { front } = place
      const id = await pairedSite(place)
      const cut = front.cutAt('/chunks/2 ')
      const agent = startAgent(place)
      await cut
      const cutAt = front.asked.length
      await sleep(CUT_MS)
      const half = (await siteOf(place, id)).receiving
      assert.equal(half.chunks, 2)
      assert.equal((await siteOf(place, id)).lastPush, null)
      await front.open()
      await until(async () => ((await siteOf(place, id)).lastPush ? true : null), 'the resumed push')
      await pushed(place, id, PEOPLE + 1)
      const again = front.asked.slice(cutAt).filter((line) => /chunks\/[01]$/.test(line))
      assert.deepEqual(again, [], 'chunks that had arrived are not sent again')
      assert.match(agent.output(), /cannot be reached/)
      assert.match(agent.output(), /the gateway is back; 2 of \d+ chunks/)
      assert.equal(await agent.stop(), 0)
    }))

  it('answers live sign-ins when both sides allow it, reads again when asked, and ends when it is removed', () =>
    inPlace(async (place) => {
      const { call, control, agent: command } = place
      const id = await pairedSite(place)
      const agent = startAgent(place)
      await pushed(place, id, PEOPLE + 1)
      const signIn = (password: string) =>
        until(
          async () => control.deps.agents.signIn(id, { userName: 'user00001@corp.example', password }),
          'an answer',
        )
      await call('PATCH', `/agents/${id}`, { liveSignIn: true })
      // The question that is open at this moment was asked before: the next one knows.
      await call('POST', `/agents/${id}/push`, {})
      const right = await until(async () => {
        const answer = await signIn('person-secret')
        return answer.kind === 'accepted' ? answer : null
      }, 'a sign-in')
      assert.equal(right.kind === 'accepted' && right.email, 'user00001@corp.example')
      const wrong = await signIn('wrong')
      assert.deepEqual([wrong.kind, wrong.kind !== 'accepted' && wrong.code], ['refused', 'wrong-password'])
      const first = (await siteOf(place, id)).lastPush.at
      await call('POST', `/agents/${id}/push`, {})
      await until(
        async () => ((await siteOf(place, id)).lastPush.at > first ? true : null),
        'a second listing',
      )
      assert.match(await command('status'), /"gatewayTrouble": null/)
      await call('DELETE', `/agents/${id}`)
      assert.equal(await agent.gone, 1)
      assert.match(agent.output(), /not paired, or its site was removed/)
    }))

  it('never sends what the directory keeps as passwords, and keeps its own file to itself', () =>
    inPlace(async (place) => {
      const { control, tenantId, env } = place
      const id = await pairedSite(place)
      await place.agent('sync')
      await pushed(place, id, PEOPLE + 1)
      const chunks = await control.deps.store.db
        .selectFrom('agent_chunk')
        .select('body')
        .where('tenant_id', '=', tenantId)
        .execute()
      const everything = chunks.map(({ body }) => body).join('')
      assert.equal(/password|person-secret|sync-secret/i.test(everything), false)
      const file = join(env.GATEPOST_AGENT_DATA ?? '', 'config.json')
      assert.equal(statSync(file).mode & 0o777, 0o600)
      assert.equal(readFileSync(file, 'utf8').includes(SYNC.password), true)
      await assert.rejects(place.agent('set', '--attributes', 'unicodePwd'), /Passwords are never read/)
    }))

  it('refuses a gateway without HTTPS, and one whose certificate nobody trusts', () =>
    inPlace(async ({ front, env }) => {
      const pair = (address: string, more: object = {}) =>
        run(process.execPath, [PROGRAM, 'pair', address, 'CODE'], { env: { ...env, ...more } })
      await assert.rejects(pair('http://gate.example'), /HTTPS only/)
      const untrusted = pair(`https://localhost:${front.port}`, { NODE_EXTRA_CA_CERTS: '' })
      await assert.rejects(untrusted, /cannot be reached: .*(certificate|signed)/s)
    }))
})
