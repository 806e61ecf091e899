// Entra ID as a kind of directory (D4): the connector's settings and secret become a reader's.
import { createEntraReader } from '@gatepost/directory/entra.ts'
import { checkEntra } from '@gatepost/directory/entra-checks.ts'
import {
  credentialOf,
  type EntraEndpoints,
  type EntraSettings,
  endpointsOfCloud,
  entraAttributes,
  shapeFault,
} from '@gatepost/directory/entra-settings.ts'
import type { DirectoryDeps, DirectoryKindPlugin, KindInput, SettingsOf } from '../kind.ts'
import { webOf } from './web.ts'

export const entraKind: DirectoryKindPlugin<'entra'> = {
  kind: 'entra',
  needsSecret: true,
  isScheduled: true,
  steps: ['resolve', 'connect', 'tls', 'sign-in', 'permission', 'list', 'look-up'],
  check({ settings, secret }) {
    if (settings.app === 'provider') return []
    const wrong =
      secret === null ? null : shapeFault(readerSettings({ settings, secret, attributes: [] }, noEndpoints))
    if (wrong === null) return []
    return [{ path: pathOf(wrong.code), message: `${wrong.saw} ${wrong.remedy}` }]
  },
  normalize: (settings) => ({
    ...settings,
    // With the operator's application both follow from the consent, and are looked up at each run.
    tenantDomain: settings.app === 'provider' ? '' : settings.tenantDomain.toLowerCase(),
    clientId: settings.app === 'provider' ? '' : settings.clientId.toLowerCase(),
  }),
  isSameListing: (before, after) =>
    (before.app ?? 'own') === (after.app ?? 'own') &&
    before.tenantDomain === after.tenantDomain &&
    before.cloud === after.cloud &&
    before.clientId === after.clientId &&
    before.guests === after.guests,
  createReader: (input, deps) => createEntraReader(settingsFor(input, deps), webOf(deps)),
  async *test(input, deps, signal) {
    const checks = await checkEntra(settingsFor(input, deps), webOf(deps), { address: input.address, signal })
    for (const check of checks) yield { kind: 'check', check }
  },
}

/** Shapes are judged without asking anybody. */
const noEndpoints: EntraEndpoints = { login: '', graph: '' }

const settingsFor = (input: KindInput<'entra'>, deps: DirectoryDeps): EntraSettings =>
  readerSettings(input, endpointsOf(input.settings, deps))

function readerSettings(
  input: Pick<KindInput<'entra'>, 'settings' | 'secret' | 'attributes'>,
  endpoints: EntraEndpoints,
): EntraSettings {
  const { settings, secret } = input
  return {
    endpoints,
    tenant: settings.tenantDomain,
    clientId: settings.clientId,
    credential: credentialOf(settings.credential, secret ?? '', settings.secretExpiresAt),
    guests: settings.guests,
    attributes: input.attributes.filter((name) => entraAttributes.includes(name)),
  }
}

/** The cloud's own hosts, unless the operator of the installation named others. */
function endpointsOf(settings: SettingsOf<'entra'>, { config }: DirectoryDeps): EntraEndpoints {
  const own = endpointsOfCloud[settings.cloud]
  const { entraLogin, entraGraph } = config.directories
  return { login: entraLogin ?? own.login, graph: entraGraph ?? own.graph }
}

/** The field a fault of the shape belongs to. */
function pathOf(code: string): string {
  if (code === 'tenant-shape') return '/settings/tenantDomain'
  return code === 'client-id-shape' ? '/settings/clientId' : '/secret'
}
