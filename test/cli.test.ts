// The command line against a control that answers on the admin socket: what it prints and does is what the
// API says.
import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { createClient } from '@gatepost/server/cli/client.ts'
import { run } from '@gatepost/server/cli/main.ts'
import { localOperator } from '@gatepost/server/control/auth/local-operator.ts'
import { systemClock } from '@gatepost/server/platform/clock.ts'
import { createAdaptorServer } from '@hono/node-server'
import { withControl } from './control.ts'
import { accepted, addOrganisation, batchOf, delivery } from './store/fixtures.ts'

type Ran = { readonly code: number; readonly out: string; readonly error: string }
type Story = {
  /** Runs one command; words with spaces are given as further arguments. */
  gatepost(line: string, ...words: readonly string[]): Promise<Ran>
  readonly folder: string
  readonly control: Parameters<Parameters<typeof withControl>[0]>[0]
  readonly tenantId: string
}

async function withSocket(work: (story: Story) => Promise<void>): Promise<void> {
  await withControl(async (control) => {
    const { deps } = control
    const folder = deps.config.data
    const { tenantId } = await addOrganisation(deps.store, 'Acme', 'acme.example')
    const app = control.app(() => localOperator(deps.store))
    const server = createAdaptorServer({ fetch: app.fetch }) as Server
    const path = join(folder, 'admin.sock')
    await new Promise<void>((resolve) => server.listen(path, resolve))
    chmodSync(path, 0o600)
    const gatepost: Story['gatepost'] = async (line, ...words) => {
      let out = ''
      let error = ''
      const code = await run([...line.split(' '), ...words], {
        config: deps.config,
        call: createClient(path, folder),
        clock: { now: systemClock.now, sleep: () => systemClock.sleep(20) },
        print: (text) => {
          out += text
        },
        printError: (text) => {
          error += text
        },
      })
      return { code, out, error }
    }
    try {
      await work({ gatepost, folder, control, tenantId })
    } finally {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    }
  })
}

test('a domain is added, looked for in vain, and found', async () => {
  await withSocket(async ({ gatepost, control }) => {
    const added = await gatepost('domains add beta.example')
    assert.equal(added.code, 0, added.error)
    const proof = /gatepost-verification=\w+/.exec(added.out)?.[0] ?? ''
    assert.match(added.out, /beta\.example: Waiting/)
    const waiting = await gatepost('domains verify beta.example')
    assert.equal(waiting.code, 1)
    assert.match(waiting.out, /Not found yet[\s\S]+We see[\s\S]+We expect/)
    control.dns.set('TXT beta.example', [proof])
    const soon = await gatepost('domains verify beta.example')
    assert.deepEqual([soon.code, soon.out], [1, ''])
    assert.match(soon.error, /^A check ran a moment ago\n/)
    await control.deps.store.db
      .updateTable('domain')
      .set({ checked_at: 0 })
      .where('tenant_id', '=', (await tenants(gatepost))[0]?.id ?? '')
      .execute()
    const found = await gatepost('domains verify beta.example')
    assert.deepEqual([found.code, found.error], [0, ''])
    assert.match(found.out, /beta\.example: Validated since .+ by TXT/)
    const removed = await gatepost('domains remove beta.example')
    assert.deepEqual([removed.code, removed.out], [0, 'beta.example is removed.\n'])
    const audit = await gatepost('audit list')
    assert.match(audit.out, /local administrator +.+domain\.removed +domain beta\.example/)
  })
})

async function tenants(gatepost: Story['gatepost']): Promise<readonly { readonly id: string }[]> {
  return JSON.parse((await gatepost('tenants list --json')).out)
}

test('users come by hand and by file, all rows or none', async () => {
  await withSocket(async ({ gatepost, folder }) => {
    const added = await gatepost('users add ann@acme.example --alias a@acme.example --name', 'Ann Example')
    assert.deepEqual([added.code, added.out], [0, 'ann@acme.example is added.\n'])
    const file = join(folder, 'users.csv')
    writeFileSync(file, 'email,name\nbob@acme.example,Bob\nbroken,Nobody\n')
    const refused = await gatepost('users import', file)
    assert.equal(refused.code, 1)
    assert.match(refused.out, /1 to add, 0 changed, 0 removed, 0 unchanged, 1 row needs attention/)
    assert.match(refused.out, /^3 +email +broken +/m)
    assert.match(refused.out, /Nothing imported yet/)
    assert.doesNotMatch((await gatepost('users list')).out, /bob@/)
    const good = await gatepost('users import --good-rows-only', file)
    assert.equal(good.code, 0, good.error)
    assert.match((await gatepost('users list --search bob')).out, /bob@acme\.example +Bob/)
    const undo = /users undo-import (\S+)/.exec(good.out)?.[1] ?? ''
    assert.equal((await gatepost('users undo-import', undo)).code, 0)
    assert.match((await gatepost('users list --search bob')).out, /No address or name begins with “bob”/)
    assert.equal((await gatepost('users remove ANN@acme.example')).code, 0)
    assert.match((await gatepost('users remove ann@acme.example')).error, /No user has the address/)
    assert.match((await gatepost('users import nowhere.csv')).error, /nowhere\.csv cannot be read/)
  })
})

test('routes are tested from an edge, addresses authorised, recipients chosen', async () => {
  await withSocket(async ({ gatepost }) => {
    const added = await gatepost('routes add Exchange exchange.acme.example --tls enforced-relaxed')
    assert.equal(added.code, 0, added.error)
    const tested = await gatepost('routes test Exchange --recipient ann@acme.example')
    assert.equal(tested.code, 0, tested.error + tested.out)
    assert.match(tested.out, /Exchange \(exchange\.acme\.example:25\): Passed/)
    assert.match((await gatepost('routes list')).out, /enforced-relaxed +– +inbound +Passed/)
    assert.match(
      (await gatepost('routes test Nothing --recipient a@acme.example')).error,
      /No route is named/,
    )
    const allowed = await gatepost('outbound authorise 203.0.113.9 --comment Exchange')
    assert.match(allowed.out, /203\.0\.113\.9 +Exchange/)
    const network = await gatepost('outbound authorise 203.0.113.0/16')
    assert.equal(network.code, 1)
    assert.match(network.error, /\/address: /)
    assert.equal((await gatepost('outbound revoke 203.0.113.9')).code, 0)
    assert.match((await gatepost('outbound revoke 203.0.113.9')).error, /is not authorised/)
    const known = await gatepost('recipients set acme.example known --unknown defer')
    assert.match(known.out, /acme\.example accepts: Known addresses/)
    assert.match((await gatepost('recipients show')).out, /acme\.example +Known addresses +Deferred +0/)
  })
})

test('messages say where they are and why', async () => {
  await withSocket(async ({ gatepost, control, tenantId }) => {
    const message = accepted(tenantId, { at: control.deps.clock.now() - 1_000 })
    await control.deps.tracking.take(batchOf([message, delivery(message)]))
    const list = await gatepost('messages list --search quarterly --status delivered')
    assert.match(list.out, /Delivered +bob@sender\.example +anna@acme\.example +Quarterly report/)
    const none = await gatepost('messages list --status bounced')
    assert.equal(none.out, 'No message matches.\n')
    const why = await gatepost('messages show', message.id)
    assert.equal(why.code, 0, why.error)
    assert.match(why.out, /^Delivered: /)
    assert.match(why.out, /exchange\.acme\.example 10\.0\.0\.5 +120 ms +250 Ok: queued/)
    const retry = await gatepost('messages retry', message.id)
    assert.deepEqual([retry.code, retry.out], [0, '1 recipient is tried now.\n'])
    const missing = await gatepost('messages show msg_nothing')
    assert.match(missing.error, /^There is no such thing here/)
  })
})

test('the queue is listed, acted on, paused and resumed', async () => {
  await withSocket(async ({ gatepost }) => {
    await gatepost('routes add Exchange exchange.acme.example')
    const list = await gatepost('queue list --state held --domain acme.example')
    assert.deepEqual([list.code, list.out], [0, 'Nothing waits.\n'])
    const held = await gatepost('queue hold msg_1 --reason', 'looks odd')
    assert.deepEqual([held.code, held.out], [0, '1 recipient of 1 message held.\n'])
    for (const line of ['retry --all', 'release --search bob', 'discard --state held', 'bounce msg_1']) {
      assert.equal((await gatepost(`queue ${line}`)).code, 0, line)
    }
    assert.equal((await gatepost('queue reroute msg_1 --route Exchange')).code, 0)
    const unknown = await gatepost('queue reroute msg_1 --route Nothing')
    assert.match(unknown.error, /^No route is named “Nothing”/)
    const paused = await gatepost('queue pause --route Exchange')
    assert.deepEqual([paused.code, paused.out], [0, 'Exchange is paused.\n'])
    await gatepost('queue pause')
    const meanwhile = await gatepost('queue list')
    assert.match(meanwhile.out, /^All delivery is paused\.\nPaused routes: Exchange\n/)
    assert.equal((await gatepost('queue resume')).out, 'All delivery is resumed.\n')
    assert.equal((await gatepost('queue resume --route Exchange')).code, 0)
    const gone = await gatepost('queue show msg_1')
    assert.deepEqual([gone.code, gone.error], [1, 'No message msg_1 waits.\n'])
    const audit = await gatepost('audit list')
    for (const action of [
      'queue.hold',
      'queue.discard',
      'queue.reroute',
      'delivery.paused',
      'delivery.resumed',
    ])
      assert.ok(audit.out.includes(action), action)
  })
})

test('status, steps, MX and readiness tell by exit code', async () => {
  await withSocket(async ({ gatepost }) => {
    const status = await gatepost('status')
    assert.equal(status.code, 0, status.error)
    assert.match(status.out, /Nodes +1 of 1 healthy/)
    assert.match(status.out, /^acme +Acme +acme\.example +\d of \d required done/m)
    const steps = await gatepost('connect status')
    assert.equal(steps.code, 1)
    assert.match(steps.out, /C1 +validate-domains +Done/)
    assert.match((await gatepost('connect skip journaling')).out, /: Skipped/)
    assert.equal((await gatepost('connect skip journaling --undo')).code, 0)
    assert.match((await gatepost('connect skip validate-domains')).error, /^This step cannot be skipped/)
    assert.match((await gatepost('mx show acme.example')).out, /We see: [\s\S]+We expect: /)
    assert.equal((await gatepost('mx check acme.example')).code, 1)
    const readiness = await gatepost('readiness check --json')
    const checks: readonly { readonly name: string; readonly state: string }[] = JSON.parse(
      readiness.out,
    ).checks
    assert.equal(checks.find(({ name }) => name === 'inbound-port')?.state, 'passed')
    assert.equal(readiness.code, checks.some(({ state }) => state === 'failed') ? 1 : 0)
    assert.match((await gatepost('readiness show')).out, /Zone to publish:/)
  })
})

test('an organisation is added by the local operator, for the first administrator', async () => {
  await withSocket(async ({ gatepost, control }) => {
    const words = ['--contact-name', 'Tom Third', '--contact-email', 'tom@elsewhere.example']
    const added = await gatepost('tenants add Third --domain third.example --environment other', ...words)
    assert.equal(added.code, 0, added.error)
    assert.match(added.out, /Third is added as third\.\n/)
    const roles = await control.deps.store.db
      .selectFrom('role_binding')
      .innerJoin('tenant', 'tenant.id', 'role_binding.tenant_id')
      .select(['person_id', 'role'])
      .where('tenant.slug', '=', 'third')
      .where(
        'role_binding.tenant_id',
        'in',
        (await tenants(gatepost)).map(({ id }) => id),
      )
      .execute()
    assert.deepEqual(roles, [{ person_id: 'adm_anna', role: 'super' }])
    assert.match((await gatepost('domains list')).error, /several organisations.+acme, third/)
    assert.match((await gatepost('domains list --tenant third')).out, /third\.example \(primary\) +Waiting/)
    assert.match((await gatepost('domains list --tenant nobody')).error, /no such organisation here/)
  })
})

test('contacts are collected, looked at, unticked and imported', async () => {
  await withSocket(async ({ gatepost, control, folder, tenantId }) => {
    const sent = accepted(tenantId, {
      direction: 'outbound',
      reversePath: 'ann@acme.example',
      author: 'ann@acme.example',
      recipients: [{ ...accepted(tenantId).recipients[0]!, forwardPath: 'bob@oldmill.example' }],
    })
    await control.deps.tracking.take(batchOf([sent]))
    assert.match((await gatepost('contacts list')).out, /Nothing was collected yet/)
    const begun = await gatepost('contacts collect gateway')
    const [, id = ''] = /(ctr_\w+) is/.exec(begun.out) ?? []
    for (;;) {
      const { out } = await gatepost(`contacts show ${id}`)
      if (!out.includes('running')) break
    }
    assert.match(
      (await gatepost(`contacts show ${id}`)).out,
      /is complete: 1 contact of 1 person in 1 message/,
    )
    assert.equal(
      (await gatepost(`contacts export ${id}`)).out,
      'ann@acme.example,bob@oldmill.example,PERMIT\r\n',
    )
    assert.equal((await gatepost(`contacts untick ${id} oldmill.example`)).out, '1 contact changed.\n')
    assert.match((await gatepost(`contacts import ${id}`)).error, /Nothing is ticked/)
    await gatepost(`contacts tick ${id} bob@oldmill.example`)
    assert.match((await gatepost(`contacts import ${id}`)).out, /1 entry added for 1 user /)
    assert.match((await gatepost(`contacts collect imap`)).error, /host/)
    assert.match((await gatepost('contacts collect imap --settings', '[1')).error, /is a JSON object/)
    assert.match(
      (await gatepost(`contacts resume ${id} --secret-file ${join(folder, 'none')}`)).error,
      /cannot be read/,
    )
    assert.equal((await gatepost(`contacts remove ${id}`)).out, 'The collection is removed.\n')
  })
})

test('a socket that nobody answers on is one line', async () => {
  await withControl(async ({ deps }) => {
    const call = createClient(join(deps.config.data, 'admin.sock'), deps.config.data)
    let error = ''
    const printError = (text: string): void => {
      error += text
    }
    const code = await run(['status'], {
      config: deps.config,
      call,
      clock: systemClock,
      print: () => {},
      printError,
    })
    assert.equal(code, 1)
    assert.match(
      error,
      /^Gatepost is not running on .+ Start it with npm start, or name its folder by GATEPOST_DATA\.\n$/,
    )
  })
})
