// `certificates`: which host names have one, until when, and what became of the last renewal.
import { type Certificate, listCertificates, renewCertificate } from '@gatepost/contract/certificate.ts'
import { type Command, type Context, command } from '../command.ts'
import { facts, table } from '../layout.ts'
import { timeOf } from '../words.ts'

/** An authority decides within a minute and a half, or not at all. */
const WAIT_MS = 120_000
const LOOK_MS = 1_000

export const certificateCommands: readonly Command[] = [
  command({
    path: 'certificates list',
    means: 'Certificates of SMTP and of the console. Exit code 1 where one is missing, over or not renewed.',
    run: list,
  }),
  command({
    path: 'certificates renew',
    args: ['NAME'],
    means: 'Fetches the certificate of a host name now, and waits for what the authority says.',
    run: renew,
  }),
]

const IN_ORDER: ReadonlySet<Certificate['state']> = new Set(['valid', 'self-made'])

async function list({ call, show }: Context): Promise<number> {
  const answer = await call(listCertificates)
  const { acme, items, proposals, configuration } = answer
  show(answer, () =>
    [
      facts([
        ['Fetched from', acme?.directory ?? 'nowhere (tls.acme.terms_agreed is not set)'],
        ...(acme === null ? [] : ([['Contact', acme.contact ?? '–']] as const)),
      ]),
      table(
        ['Name', 'State', 'Issuer', 'Valid until', 'Next renewal', 'TLSA'],
        items.map((one) => [
          one.isUsual ? `${one.name} *` : one.name,
          one.state,
          one.issuer ?? '–',
          one.validUntil === null ? '–' : timeOf(one.validUntil),
          one.nextAt === null ? '–' : timeOf(one.nextAt),
          one.tlsa?.published ?? '–',
        ]),
        'There is no certificate.',
      ),
      '* for clients that name no host\n',
      ...items.flatMap(({ name, lastError }) => (lastError === null ? [] : [`${name}: ${lastError}\n`])),
      ...items.flatMap(({ tlsa }) => (tlsa ? [`${tlsa.name}. IN TLSA ${tlsa.record}\n`] : [])),
      ...proposals.map(({ name, because }) => `Without a certificate: ${name} (${because})\n`),
      ...(configuration === null ? [] : [`\n${configuration}\n`]),
    ].join('\n'),
  )
  return items.every(({ state }) => IN_ORDER.has(state)) ? 0 : 1
}

async function renew({ call, arg, show, clock }: Context): Promise<number> {
  const name = arg(0).toLowerCase()
  const before = await call(renewCertificate, { params: { name } })
  const until = clock.now() + WAIT_MS
  for (;;) {
    const { items } = await call(listCertificates)
    const one = items.find((item) => item.name === name && item.source === 'fetched')
    if (one !== undefined && one.triedAt !== before.triedAt) {
      const isDone = one.issuedAt !== before.issuedAt
      show(one, () =>
        isDone
          ? `${name} has a certificate of ${one.issuer} until ${timeOf(one.validUntil ?? 0)}.\n`
          : `${name}: ${one.lastError}\n`,
      )
      return isDone ? 0 : 1
    }
    if (clock.now() > until) {
      show(one ?? before, () => `${name}: no outcome yet. gatepost certificates list tells it later.\n`)
      return 1
    }
    await clock.sleep(LOOK_MS)
  }
}
