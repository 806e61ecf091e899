// Story: the same gateway on PostgreSQL, by one key: an organisation is connected, mail flows, a restart
// remembers.
import assert from 'node:assert/strict'
import { testOnBoth } from '../store/databases.ts'
import { startAcme } from './lib/acme.ts'
import { createApi, eventually } from './lib/api.ts'
import { startGateway } from './lib/gateway.ts'
import { swaks, swaksMissing } from './lib/swaks.ts'

type Rows = { readonly items: readonly { readonly status: string }[] }

if (!swaksMissing()) {
  testOnBoth('an organisation is connected and its mail is found after a restart', async ({ database }) => {
    const env: Record<string, string> = database === null ? {} : { GATEPOST_DATABASE: database }
    const acme = await startAcme(env)
    let again: Awaited<ReturnType<typeof startGateway>> | null = null
    try {
      const { code, dialog } = await swaks({
        port: acme.gateway.mxPort,
        clientIp: '203.0.113.10',
        helo: 'mail.bright.example',
        from: 'ben@bright.example',
        to: 'ann@acme.example',
        subject: 'kept in the database',
      })
      assert.equal(code, 0, dialog)
      const search = `${acme.base}/messages?search=database&status=delivered`
      await eventually(
        () => acme.api.call<Rows>('GET', search),
        ({ items }) => items.length === 1,
        30_000,
      )
      await acme.gateway.killAll()
      again = await startGateway({
        data: acme.gateway.data,
        env: { ...acme.world.gatewayEnvironment(), ...env },
      })
      const api = createApi(again.url)
      await api.call('POST', '/v1/sessions', { email: 'ada@acme.example', password: 'correct horse battery' })
      assert.equal((await api.call<Rows>('GET', search)).items.length, 1)
      const connect = await api.call<{ steps: readonly { name: string; state: string }[] }>(
        'GET',
        `${acme.base}/connect`,
      )
      const states = new Map(connect.steps.map(({ name, state }) => [name, state]))
      assert.equal(states.get('validate-domains'), 'done')
      assert.equal(states.get('recipient-validation'), 'done')
    } finally {
      await again?.stop()
      await acme.stop()
    }
  })
}
