// /metrics, /healthz and /readyz over a real port: figures for this machine alone, health for everybody.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { OPENMETRICS_TYPE } from '@gatepost/server/events/exposition.ts'
import { serve } from '@gatepost/server/http/serve.ts'
import { withControl } from './control.ts'

type Where = { readonly port: number } | { readonly socketPath: string }
type Answer = { readonly status: number; readonly type: string; readonly text: string }

function ask(where: Where, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ ...where, path, headers: { host: 'localhost', ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
      )
    })
    call.on('error', reject).end()
  })
}

test('metrics are for loopback and the socket, not for whom a proxy asks', async () => {
  await withControl(async ({ app, deps }) => {
    const socketPath = join(deps.config.data, 'admin.sock')
    const open = await serve(app(), { host: '127.0.0.1', port: 0 })
    const admin = await serve(app(), { path: socketPath })
    const port = open.port ?? 0
    try {
      for (const where of [{ port }, { socketPath }]) {
        const { status, type, text } = await ask(where, '/metrics')
        assert.deepEqual([status, type, text], [200, OPENMETRICS_TYPE, '# EOF\n'])
      }
      for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']) {
        assert.equal((await ask({ port }, '/metrics', { [header]: '127.0.0.1' })).status, 404, header)
      }
      const rebound = await ask({ port }, '/metrics', { host: 'evil.example' })
      assert.equal(rebound.status, 403, 'a page of another name cannot read them')
      for (const path of ['/healthz', '/readyz']) {
        assert.equal((await ask({ port }, path, { host: 'load-balancer', via: 'x' })).status, 200)
      }
    } finally {
      await open.close()
      await admin.close()
    }
  })
})
