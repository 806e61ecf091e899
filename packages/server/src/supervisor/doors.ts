// The doors of control: the console's port, the console with TLS of our own, challenges of a certificate
// authority, and the socket of the folder's owner.
import { join } from 'node:path'
import { type AppOptions, createApp } from '#http/app.ts'
import { createChallengeApp } from '#http/challenge.ts'
import { type Served, serve } from '#http/serve.ts'
import type { RoleOptions } from './child.ts'
import { openListenerTls } from './tls-material.ts'

/** Opens all that are configured. The returned function closes them. */
export async function openDoors(
  { config, emit, listening }: RoleOptions,
  app: AppOptions,
  forOwner: AppOptions,
): Promise<() => Promise<void>> {
  const at = (role: string) => listening.filter((one) => one.role === role)
  const [http = { host: '127.0.0.1', port: 0 }] = at('http')
  const opened: Served[] = [await serve(createApp(app), http)]
  const secured: Served[] = []
  const reloaded = (): void => {
    for (const one of secured) one.renewTls()
  }
  const tls = at('https').length === 0 ? null : openListenerTls({ config, emit, reloaded })
  for (const one of at('https')) secured.push(await serve(createApp(app), one, tls))
  const challenges = createChallengeApp(app.findChallenge ?? (async () => null))
  for (const one of at('acme')) opened.push(await serve(challenges, one))
  opened.push(await serve(createApp(forOwner), { path: join(config.data, 'run', 'admin.sock') }))
  return async () => {
    tls?.close()
    await Promise.all([...opened, ...secured].map((one) => one.close()))
  }
}
