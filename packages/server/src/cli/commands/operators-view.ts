// `organisations`, `templates`, `usage`, `addresses`, `leaving`: what operators of many organisations do.
import { Environment } from '@gatepost/contract/common.ts'
import {
  cancelDeparture,
  getDeparture,
  listDepartures,
  requestDeparture,
  startExport,
} from '@gatepost/contract/leaving.ts'
import {
  addressPurposes,
  announceAddress,
  getAddresses,
  withdrawAddress,
} from '@gatepost/contract/own-address.ts'
import { addOrganization, getPortfolio, getUsage } from '@gatepost/contract/portfolio.ts'
import {
  applyTemplate,
  copyTemplate,
  createTemplate,
  listTemplates,
  previewTemplate,
} from '@gatepost/contract/template.ts'
import { type Command, CommandFailed, type Context, command, oneOf, UsageError } from '../command.ts'
import { checkList, table } from '../layout.ts'
import { timeOf } from '../words.ts'

/** An export of a large organisation takes minutes. */
const ASK_AGAIN_MS = 1_000

export const operatorsViewCommands: readonly Command[] = [
  command({
    path: 'organisations list',
    flags: [{ name: 'search', value: 'TEXT', means: 'Part of a name or domain.' }],
    means: 'All organisations with the progress of each Connect, the most overdue first.',
    run: listOrganisations,
  }),
  command({
    path: 'organisations add',
    args: ['NAME'],
    flags: [
      { name: 'domain', value: 'DOMAIN', means: 'Primary domain. Needed.' },
      { name: 'claim', value: null, means: 'Claims the domain where another organisation holds it.' },
      { name: 'environment', value: 'NAME', means: `One of ${Environment.options.join(', ')}; else by DNS.` },
      { name: 'template', value: 'NAME', means: 'Template to follow.' },
      { name: 'invite', value: 'ADDRESS', means: 'Makes an invitation for its administrator.' },
    ],
    means: 'Adds an organisation by a template.',
    run: addOrganisation,
  }),
  command({
    path: 'templates list',
    means: 'Templates, and how many organisations follow each.',
    run: async ({ call, show }) => {
      const { items } = await call(listTemplates)
      show(items, () =>
        table(
          ['Template', 'Sets', 'Followers'],
          items.map(({ name, settings, followers }) => [
            name,
            Object.keys(settings).join(', '),
            String(followers),
          ]),
          'There is no template yet. Make one with: gatepost templates make NAME --from ORGANISATION',
        ),
      )
      return 0
    },
  }),
  command({
    path: 'templates make',
    args: ['NAME'],
    flags: [{ name: 'from', value: 'SLUG', means: 'The organisation to copy. Needed.' }],
    means: 'Makes a template of an organisation as it is now.',
    run: makeTemplate,
  }),
  command({
    path: 'templates apply',
    args: ['NAME', 'SLUG', 'SLUG?', 'SLUG?', 'SLUG?', 'SLUG?', 'SLUG?', 'SLUG?', 'SLUG?'],
    flags: [{ name: 'preview', value: null, means: 'Shows what would change, and changes nothing.' }],
    means: 'Applies a template to organisations. Exit code 1 when something was refused.',
    run: applyTo,
  }),
  command({
    path: 'usage show',
    flags: [{ name: 'month', value: 'YYYY-MM', means: 'The month; else the present one.' }],
    means: 'Messages, users and storage of each organisation in a month.',
    run: usage,
  }),
  command({
    path: 'addresses list',
    means: 'Every address the gateway connects from, and those that are announced.',
    run: async ({ call, show }) => {
      const listed = await call(getAddresses)
      show(listed, () =>
        table(
          ['Address', 'State', 'From', 'Until', 'Note'],
          listed.addresses.map(({ address, state, activeFrom, endsAt, note }) => [
            address,
            state,
            activeFrom === null ? '-' : timeOf(activeFrom),
            endsAt === null ? '-' : timeOf(endsAt),
            note,
          ]),
          `${listed.hostname} leads to no public address. See: gatepost readiness show`,
        ),
      )
      return 0
    },
  }),
  command({
    path: 'addresses announce',
    args: ['ADDRESS'],
    flags: [
      { name: 'from', value: 'YYYY-MM-DD', means: 'The day it comes. Needed.' },
      { name: 'note', value: 'TEXT', means: 'A word to go with it.' },
    ],
    means: 'Announces an address that the gateway will connect from.',
    run: announce,
  }),
  command({
    path: 'addresses withdraw',
    args: ['ADDRESS'],
    means: 'Takes an announcement back.',
    run: async ({ call, arg, show }) => {
      await call(withdrawAddress, { params: { ip: arg(0) } })
      show({ withdrawn: arg(0) }, () => `${arg(0)} is announced no more.\n`)
      return 0
    },
  }),
  command({
    path: 'leaving show',
    means: 'How far leaving is. Exit code 1 while something stands in the way.',
    run: async (context) => {
      const departure = await context.call(getDeparture, { params: { tenant: await context.tenant() } })
      const { request, checks } = departure
      context.show(departure, () => {
        const asked = request === null ? '' : `Erased on ${timeOf(request.eraseAt)} at the earliest.\n`
        return `${checkList(checks)}${asked}`
      })
      return checks.every(({ state }) => state === 'passed') ? 0 : 1
    },
  }),
  command({
    path: 'leaving export',
    means: 'Writes everything of the organisation into one file on the gateway, and waits for it.',
    run: exportAll,
  }),
  command({
    path: 'leaving request',
    args: ['NAME'],
    means: 'Asks to erase the organisation, whose name is typed; begins the cooling-off.',
    run: async ({ call, tenant, arg, show }) => {
      const params = { tenant: await tenant() }
      const departure = await call(requestDeparture, { params, body: { name: arg(0) } })
      show(departure, () => `Erased on ${timeOf(departure.request?.eraseAt ?? 0)} at the earliest.\n`)
      return 0
    },
  }),
  command({
    path: 'leaving cancel',
    means: 'Takes the request back.',
    run: async ({ call, tenant, show }) => {
      await call(cancelDeparture, { params: { tenant: await tenant() } })
      show({ cancelled: true }, () => 'The organisation stays.\n')
      return 0
    },
  }),
  command({
    path: 'leaving receipts',
    means: 'Organisations on their way out, and receipts of those that are gone.',
    run: async ({ call, show }) => {
      const listed = await call(listDepartures)
      show(listed, () =>
        table(
          ['Organisation', 'When', 'State'],
          [
            ...listed.items.map((one) => [
              one.name,
              timeOf(one.eraseAt),
              one.agreedAt ? 'agreed' : 'not agreed',
            ]),
            ...listed.receipts.map((one) => [one.name, timeOf(one.erasedAt), `erased, receipt ${one.id}`]),
          ],
          'Nobody left.',
        ),
      )
      return 0
    },
  }),
]

async function listOrganisations({ call, flag, show }: Context): Promise<number> {
  const search = flag('search')
  const page = await call(getPortfolio, { query: { limit: 200, ...(search ? { search } : {}) } })
  show(page, () =>
    table(
      ['Organisation', 'Name', 'Domain', 'Connect', 'Next step', 'Idle days', 'Template'],
      page.items.map((row) => [
        row.slug,
        row.name,
        row.primaryDomain,
        `${row.requiredDone} of ${row.required}`,
        row.next?.title ?? '-',
        row.next ? String(row.idleDays) : '-',
        row.template ?? '-',
      ]),
      'There is no organisation here.',
    ),
  )
  return 0
}

async function addOrganisation({ arg, flag, isSet, call, show }: Context): Promise<number> {
  const domain = flag('domain')
  if (domain === undefined) throw new UsageError('--domain is missing')
  const environment = flag('environment')
  const email = flag('invite')
  const added = await call(addOrganization, {
    body: {
      name: arg(0),
      primaryDomain: domain,
      ...(isSet('claim') ? { claim: true } : {}),
      environment: environment ? oneOf(environment, Environment.options, '--environment') : null,
      template: flag('template') ?? null,
      invite: email ? { name: email, email, send: 'show' } : null,
    },
  })
  const { tenant, invitation, left } = added
  show(added, () =>
    [
      `${tenant.name} is added as ${tenant.slug} (${tenant.environment}).\n`,
      ...(invitation === null ? [] : [`Invitation, shown this once: ${invitation}\n`]),
      ...left.map((sentence) => `${sentence}\n`),
    ].join(''),
  )
  return left.length === 0 ? 0 : 1
}

async function makeTemplate({ arg, flag, call, show }: Context): Promise<number> {
  const from = flag('from')
  if (from === undefined) throw new UsageError('--from is missing')
  const settings = await call(copyTemplate, { params: { tenant: from }, body: {} })
  const template = await call(createTemplate, { body: { name: arg(0), settings } })
  show(template, () => `${template.name} sets ${Object.keys(template.settings).join(', ')}.\n`)
  return 0
}

async function applyTo({ arg, call, isSet, show }: Context): Promise<number> {
  const { items: templates } = await call(listTemplates)
  const template = templates.find(({ id, name }) => id === arg(0) || name === arg(0))
  if (!template) throw new CommandFailed(`${arg(0)} is no template. See: gatepost templates list`)
  const tenants = [1, 2, 3, 4, 5, 6, 7, 8].map(arg).filter((slug) => slug !== '')
  const endpoint = isSet('preview') ? previewTemplate : applyTemplate
  const { items } = await call(endpoint, { params: { template: template.id }, body: { tenants } })
  show(items, () =>
    table(
      ['Organisation', isSet('preview') ? 'Would change' : 'Changed', 'Refused'],
      items.map(({ name, changes, refused }) => [
        name,
        changes.map(({ title, here, template: to }) => `${title}: ${here} to ${to}`).join('; ') || '-',
        refused ?? '-',
      ]),
      'Nothing was chosen.',
    ),
  )
  return items.some(({ refused }) => refused !== null) ? 1 : 0
}

async function usage({ call, flag, show }: Context): Promise<number> {
  const month = flag('month')
  const found = await call(getUsage, { query: month ? { month } : {} })
  show(found, () =>
    table(
      ['Organisation', 'Received', 'Sent', 'Refused', 'Octets', 'Users', 'Archive'],
      found.items.map((row) => [
        row.name,
        ...[row.inbound, row.outbound, row.refused, row.octets, row.users, row.stored].map(String),
      ]),
      'There is no organisation yet.',
    ),
  )
  return 0
}

async function announce({ arg, flag, call, show }: Context): Promise<number> {
  const activeFrom = Date.parse(`${flag('from') ?? ''}T00:00:00Z`)
  if (Number.isNaN(activeFrom)) throw new UsageError('--from: name a day such as 2026-12-15')
  const body = { address: arg(0), purposes: [...addressPurposes], activeFrom, note: flag('note') ?? '' }
  const made = await call(announceAddress, { body })
  show(made, () => `${made.address} is announced from ${timeOf(activeFrom)}.\n`)
  return 0
}

async function exportAll({ call, tenant, clock, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  let { id, ...state } = await call(startExport, { params, body: {} })
  while (state.state === 'running') {
    await clock.sleep(ASK_AGAIN_MS)
    const { exports } = await call(getDeparture, { params })
    const found = exports.find((one) => one.id === id)
    if (!found) throw new CommandFailed('The export is gone.')
    ;({ id, ...state } = found)
  }
  show({ id, ...state }, () =>
    state.state === 'done'
      ? `exports/${id}.zip in the data folder, ${state.bytes} octets, SHA-256 ${state.digest}\n`
      : `Failed: ${state.why}\n`,
  )
  return state.state === 'done' ? 0 : 1
}
