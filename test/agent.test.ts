// Agents by the API: paired by a one-time code, a listing in chunks, revoked; sign-ins asked and answered.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AgentEntry, AgentTask } from '@gatepost/contract/agent.ts'
import { createDirectorySignIn } from '@gatepost/server/control/auth/directory-sign-in.ts'
import { createPushReader } from '@gatepost/server/control/directory/kinds/agent.ts'
import { type TestControl, withControl } from './control.ts'
import { addOrganisation } from './store/fixtures.ts'

const entry = (name: string, more: object = {}): AgentEntry => ({
  externalId: name,
  kind: 'user',
  email: `${name}@acme.example`,
  aliases: [],
  name,
  userName: name,
  signInEnabled: true,
  attributes: [['department', 'Sales']],
  members: [],
  place: 'DC=acme',
  ...more,
})

const status = {
  state: 'idle',
  directory: 'ldaps://dc1.acme.example',
  lastReadAt: null,
  entries: null,
  trouble: null,
  signsIn: true,
} as const
const about = { version: '0.1.0', platform: 'linux x64', hostName: 'dc-helper' }

// biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints, looked at by the tests.
type Body = any

type Ask = (
  method: string,
  path: string,
  body?: unknown,
  bearer?: string,
) => Promise<{ status: number; body: Body }>

async function world(
  work: (ask: Ask, tenantId: string, control: TestControl) => Promise<void>,
): Promise<void> {
  await withControl(async (control) => {
    const { tenantId } = await addOrganisation(control.deps.store, 'Acme', 'acme.example')
    const cookie = await control.person({ tenantId, role: 'super' })
    const app = control.app()
    const ask: Ask = async (method, path, body, bearer) => {
      const headers: Record<string, string> = { host: 'localhost', 'content-type': 'application/json' }
      if (bearer === undefined) headers.cookie = cookie
      else headers.authorization = `Bearer ${bearer}`
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      const env = { incoming: { socket: { remoteAddress: '198.51.100.7' } } }
      const response = await app.request(`http://localhost${path}`, init, env)
      const text = await response.text()
      return { status: response.status, body: text === '' ? null : JSON.parse(text) }
    }
    await work(ask, tenantId, control)
  })
}

async function paired(ask: Ask, tenantId: string) {
  const added = await ask('POST', `/v1/tenants/${tenantId}/agents`, { site: 'Head office' })
  const { code, agent } = added.body
  const token = (await ask('POST', '/v1/agent/pair', { ...about, code })).body.token as string
  return { code, agentId: agent.id as string, token }
}

/** The machine may be busy: the question for work has to be open before somebody wishes something. */
async function untilWaiting(agents: TestControl['deps']['agents'], agentId: string): Promise<void> {
  const end = Date.now() + 60_000
  while (!agents.isWaiting(agentId) && Date.now() < end) await new Promise((done) => setTimeout(done, 10))
}

const PUSH = '0b1c2d3e-0000-4000-8000-000000000001'

describe('agents', () => {
  it('are paired once by a code; another code shuts the first agent out', () =>
    world(async (ask, tenantId) => {
      const { code, agentId, token } = await paired(ask, tenantId)
      assert.match(code, /^([2-9A-HJKMNP-Z]{5}-){5}[2-9A-HJKMNP-Z]{5}$/)
      assert.equal((await ask('POST', '/v1/agent/pair', { ...about, code })).body.name, 'wrong-credentials')
      const work = { ...about, status, waitSeconds: 0 }
      assert.deepEqual((await ask('POST', '/v1/agent/work', work, token)).body.tasks, [])
      const again = await ask('POST', `/v1/tenants/${tenantId}/agents/${agentId}/code`, {})
      assert.equal((await ask('POST', '/v1/agent/work', work, token)).status, 200)
      const typed = again.body.code.toLowerCase().replaceAll('-', ' ')
      const second = await ask('POST', '/v1/agent/pair', { ...about, code: typed })
      assert.equal(second.status, 201)
      assert.equal((await ask('POST', '/v1/agent/work', work, token)).status, 401)
      const [listed] = (await ask('GET', `/v1/tenants/${tenantId}/agents`)).body.items
      assert.equal(listed.state, 'connected')
      assert.equal(listed.hostName, 'dc-helper')
    }))

  it('keep no token and no code in the database', () =>
    world(async (ask, tenantId, { deps }) => {
      const { token } = await paired(ask, tenantId)
      const { code } = (await ask('POST', `/v1/tenants/${tenantId}/agents`, { site: 'Branch' })).body
      const rows = JSON.stringify(
        await deps.store.db.selectFrom('agent').selectAll().where('tenant_id', '=', tenantId).execute(),
      )
      const audit = JSON.stringify(
        await deps.store.db.selectFrom('audit').selectAll().where('tenant_id', '=', tenantId).execute(),
      )
      for (const secret of [token, code]) assert.equal((rows + audit).includes(secret), false)
    }))

  it('push a listing in chunks, in any order and twice, and miss none', () =>
    world(async (ask, tenantId, { deps }) => {
      const { agentId, token } = await paired(ask, tenantId)
      const push = `/v1/agent/pushes/${PUSH}`
      const reader = createPushReader({ tenantId, settings: { kind: 'agent', agentId } }, deps)
      const { signal } = new AbortController()
      await assert.rejects(reader.lookUp('x@acme.example', signal), /not pushed a whole listing/)
      assert.deepEqual((await ask('POST', push, {}, token)).body.received, [])
      const chunks = [[entry('ann'), entry('ben')], [entry('cat')], [entry('dan')]]
      const put = (number: number) =>
        ask('PUT', `${push}/chunks/${number}`, { entries: chunks[number] }, token)
      await put(2)
      await put(0)
      await put(0)
      const complete = { chunks: 3, entries: 4, notListed: [] }
      const early = await ask('POST', `${push}/complete`, complete, token)
      assert.deepEqual(early.body, { state: 'incomplete', missing: [1] })
      await assert.rejects(reader.lookUp('ann@acme.example', signal), /not pushed a whole listing/)
      assert.deepEqual((await ask('POST', push, {}, token)).body.received, [0, 2])
      await put(1)
      assert.equal((await ask('POST', `${push}/complete`, complete, token)).body.state, 'complete')
      assert.equal((await ask('POST', `${push}/complete`, complete, token)).body.state, 'complete')
      assert.equal((await put(1)).status, 404)
      const found = await reader.lookUp('CAT@acme.example', signal)
      assert.equal(found?.attributes.get('department'), 'Sales')
      let read = 0
      let mode = ''
      for await (const event of reader.read({ cursor: null, signal })) {
        if (event.kind === 'entry') read += 1
        if (event.kind === 'end') mode = event.mode
      }
      assert.deepEqual([read, mode], [4, 'full'])
    }))

  it('refuse whatever is no entry, a password above all, and counts that do not fit', () =>
    world(async (ask, tenantId) => {
      const { token } = await paired(ask, tenantId)
      const push = `/v1/agent/pushes/${PUSH}`
      await ask('POST', push, {}, token)
      const bad = await ask('PUT', `${push}/chunks/0`, { entries: [entry('ann', { password: 'x' })] }, token)
      assert.equal(bad.body.name, 'invalid-input')
      await ask('PUT', `${push}/chunks/0`, { entries: [entry('ann')] }, token)
      const wrong = await ask('POST', `${push}/complete`, { chunks: 1, entries: 7, notListed: [] }, token)
      assert.equal(wrong.body.name, 'invalid-input')
    }))

  it('see no other agent’s push, and nothing once removed', () =>
    world(async (ask, tenantId) => {
      const first = await paired(ask, tenantId)
      const added = await ask('POST', `/v1/tenants/${tenantId}/agents`, { site: 'Branch' })
      const second = await ask('POST', '/v1/agent/pair', { ...about, code: added.body.code })
      await ask('POST', `/v1/agent/pushes/${PUSH}`, {}, first.token)
      const foreign = { entries: [entry('ann')] }
      const put = await ask('PUT', `/v1/agent/pushes/${PUSH}/chunks/0`, foreign, second.body.token)
      assert.equal(put.status, 404)
      await ask('DELETE', `/v1/tenants/${tenantId}/agents/${first.agentId}`)
      assert.equal((await ask('POST', `/v1/agent/pushes/${PUSH}`, {}, first.token)).status, 401)
    }))

  it('hear of a wish for a listing at once while they wait', () =>
    world(async (ask, tenantId, { deps }) => {
      const { agentId, token } = await paired(ask, tenantId)
      const waiting = ask('POST', '/v1/agent/work', { ...about, status, waitSeconds: 20 }, token)
      await untilWaiting(deps.agents, agentId)
      assert.equal((await ask('POST', `/v1/tenants/${tenantId}/agents/${agentId}/push`, {})).status, 202)
      assert.deepEqual((await waiting).body.tasks, [{ kind: 'push' }])
    }))

  it('answer sign-ins only where that is switched on', () =>
    world(async (ask, tenantId, { deps }) => {
      const { agentId, token } = await paired(ask, tenantId)
      const wait = () => ask('POST', '/v1/agent/work', { ...about, status, waitSeconds: 20 }, token)
      const input = { userName: 'ann', password: 's3cret' }
      assert.equal(await deps.agents.signIn(agentId, input), null)
      await ask('PATCH', `/v1/tenants/${tenantId}/agents/${agentId}`, { liveSignIn: true })
      const waiting = wait()
      await untilWaiting(deps.agents, agentId)
      const asked = deps.agents.signIn(agentId, input)
      const [task] = (await waiting).body.tasks as AgentTask[]
      assert.equal(task?.kind, 'sign-in')
      const id = task?.kind === 'sign-in' ? task.id : ''
      const result = { kind: 'accepted', externalId: '1', email: 'ann@acme.example', name: 'Ann' }
      assert.equal((await ask('POST', `/v1/agent/answers/${id}`, { result }, token)).status, 204)
      assert.deepEqual(await asked, result)
      assert.equal((await ask('POST', `/v1/agent/answers/${id}`, { result }, token)).status, 404)
    }))

  it('sign people in where a connector reads them, and say nothing of passwords when they are away', () =>
    world(async (ask, tenantId, { deps }) => {
      const { agentId, token } = await paired(ask, tenantId)
      const settings = { kind: 'agent', agentId }
      const added = await ask('POST', `/v1/tenants/${tenantId}/directories`, { name: 'Office', settings })
      assert.equal(added.status, 201)
      const signIn = createDirectorySignIn(deps)
      const who = { tenantId, email: 'ann@acme.example', password: 's3cret' }
      assert.equal(await signIn.isThere(tenantId), false)
      await ask('PATCH', `/v1/tenants/${tenantId}/agents/${agentId}`, { liveSignIn: true })
      assert.equal(await signIn.isThere(tenantId), true)
      assert.equal((await signIn.ask(who)).kind, 'unreachable')
      const answerWith = async (result: object) => {
        const waiting = ask('POST', '/v1/agent/work', { ...about, status, waitSeconds: 20 }, token)
        await untilWaiting(deps.agents, agentId)
        const asked = signIn.ask(who)
        const [task] = (await waiting).body.tasks as Extract<AgentTask, { kind: 'sign-in' }>[]
        await ask('POST', `/v1/agent/answers/${task?.id}`, { result }, token)
        return asked
      }
      const accepted = { kind: 'accepted', externalId: '1', email: who.email, name: 'Ann' }
      assert.equal((await answerWith(accepted)).kind, 'accepted')
      const refused = { kind: 'refused', code: 'wrong-password', saw: 'The directory refuses it.' }
      assert.equal((await answerWith(refused)).kind, 'refused')
      const rows = await deps.store.db
        .selectFrom('agent')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .execute()
      assert.equal(JSON.stringify(rows).includes('s3cret'), false)
    }))

  it('are slowed down when they try tokens', () =>
    world(async (ask) => {
      const answers = new Set<number>()
      for (let attempt = 0; attempt < 30; attempt += 1)
        answers.add((await ask('POST', `/v1/agent/pushes/${PUSH}`, {}, `gpa_${attempt}`)).status)
      assert.deepEqual([...answers].sort(), [401, 429])
    }))
})
