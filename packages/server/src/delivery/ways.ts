// The recipients of a message by where they go: those who share a way share a letter.
import { isAsciiText } from '@gatepost/mail/bytes.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { DueMessage, DueRecipient, Envelope } from '#spool/spool.ts'
import { routeOf, type Way, wayKey } from './route.ts'
import { ruledRouteOf, tlsNeedOf } from './tls/need.ts'

/** What a way depends on besides settings and message. `now` is Unix milliseconds: rules have a validity. */
export type Surroundings = {
  readonly tenantOfDomain: (domain: string) => string | null
  readonly now: number
}

/** Sorts due recipients. Null settings: nothing is known of the tenant here. */
export function waysOf(
  settings: TenantSettings | null,
  { envelope, recipients }: DueMessage,
  { tenantOfDomain, now }: Surroundings,
): Iterable<[Way, readonly DueRecipient[]]> {
  if (recipients.length === 1)
    return [[wayOf(settings, { envelope, recipient: recipients[0]! }, { tenantOfDomain, now }), recipients]]
  const groups = new Map<string, [Way, DueRecipient[]]>()
  for (const recipient of recipients) {
    const way = wayOf(settings, { envelope, recipient }, { tenantOfDomain, now })
    const { forwarded } = recipient
    const path = forwarded === undefined ? '' : ` from ${forwarded.reversePath ?? '<>'}`
    // A copy that is marked goes apart from those that are not.
    const mark = recipient.firstContact === undefined ? '' : ` ${JSON.stringify(recipient.firstContact)}`
    // A host without SMTPUTF8 takes the others.
    const script = isAsciiText(recipient.forwardPath) ? '' : ' utf8'
    const key = wayKey(envelope.tenantId, way) + path + mark + script
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [way, [recipient]])
    else group[1].push(recipient)
  }
  return groups.values()
}

/** The way of one recipient. */
export function wayOf(
  settings: TenantSettings | null,
  { envelope, recipient }: { readonly envelope: Envelope; readonly recipient: DueRecipient },
  { tenantOfDomain, now }: Surroundings,
): Way {
  if (settings === null) return { kind: 'none', why: 'the settings of the organisation are not known here' }
  const { forwardPath, routeId: chosenRouteId } = recipient
  const domain = forwardPath.slice(forwardPath.lastIndexOf('@') + 1).toLowerCase()
  const need = tlsNeedOf(settings, envelope, { forwardPath, now })
  const ruleRouteId = ruledRouteOf(settings, envelope, { forwardPath, now })
  return routeOf({
    settings,
    // Forwarded mail goes where its target's mail goes, whoever wrote it.
    direction: recipient.forwarded === undefined ? envelope.direction : 'outbound',
    domain,
    tenantOfDomain,
    acceptedAt: envelope.receivedAt,
    chosenRouteId: chosenRouteId ?? ruleRouteId ?? undefined,
    need,
  })
}
