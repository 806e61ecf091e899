// Google Workspace as a kind of directory (D5): the connector's settings and key become a reader's.
import { createGoogleReader } from '@gatepost/directory/google.ts'
import { checkGoogle } from '@gatepost/directory/google-checks.ts'
import {
  type GoogleSettings,
  googleAttributes,
  googleEndpoints,
  googleShapeFault,
} from '@gatepost/directory/google-settings.ts'
import type { DirectoryDeps, DirectoryKindPlugin, KindInput } from '../kind.ts'
import { webOf } from './web.ts'

export const googleKind: DirectoryKindPlugin<'google'> = {
  kind: 'google',
  needsSecret: true,
  isScheduled: true,
  steps: ['resolve', 'connect', 'tls', 'sign-in', 'permission', 'list', 'look-up'],
  check({ settings, secret }) {
    if (secret === null) return []
    const { adminEmail, customer } = settings
    const wrong = googleShapeFault({
      endpoints: googleEndpoints,
      adminEmail,
      customer,
      keyJson: secret,
      attributes: [],
    })
    if (wrong === null) return []
    const path = wrong.code === 'admin-shape' ? '/settings/adminEmail' : '/secret'
    return [{ path, message: `${wrong.saw} ${wrong.remedy}` }]
  },
  normalize: (settings) => ({ ...settings, adminEmail: settings.adminEmail.toLowerCase() }),
  isSameListing: (before, after) =>
    before.customer === after.customer && before.adminEmail === after.adminEmail,
  createReader: (input, deps) => createGoogleReader(settingsFor(input, deps), webOf(deps)),
  async *test(input, deps, signal) {
    const checks = await checkGoogle(settingsFor(input, deps), webOf(deps), {
      address: input.address,
      signal,
    })
    for (const check of checks) yield { kind: 'check', check }
  },
}

function settingsFor(input: KindInput<'google'>, { config }: DirectoryDeps): GoogleSettings {
  const { googleToken, googleApi } = config.directories
  return {
    endpoints: { token: googleToken ?? googleEndpoints.token, api: googleApi ?? googleEndpoints.api },
    adminEmail: input.settings.adminEmail,
    customer: input.settings.customer,
    keyJson: input.secret ?? '',
    attributes: input.attributes.filter((name) => googleAttributes.includes(name)),
  }
}
