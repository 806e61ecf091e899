// Answers of the end users' portal, of digests, and of the links in them.
import * as digest from '@gatepost/contract/digest.ts'
import * as portal from '@gatepost/contract/portal.ts'
import { actOnLink, viewLink } from '#control/digest/links.ts'
import { sendDigestOf } from '#control/digest/send.ts'
import { changeDigest, digestSettings } from '#control/digest/settings.ts'
import { listMailOfMine, reportMine } from '#control/portal/mail.ts'
import * as own from '#control/portal/own.ts'
import { problem } from '#control/problem.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function portalBindings(deps: HandlerDeps): readonly Binding[] {
  const spend = (address: string): void => {
    const retryAfterSeconds = deps.attempts.spend('look', `digest ${address}`)
    if (retryAfterSeconds > 0) throw problem('too-many-attempts', undefined, { retryAfterSeconds })
  }
  return [
    on(digest.getDigest, (request) => digestSettings(scopeOf(request), deps)),
    on(digest.setDigest, (request) =>
      changeDigest(scopeOf(request), { ...request.body, expected: request.ifMatch }, deps),
    ),
    on(digest.sendDigest, async (request) => {
      const { messages, to } = await sendDigestOf(scopeOf(request).tenantId, request.body.mailbox, deps)
      return { messages, to: [...to] }
    }),
    on(digest.viewDigestLink, (request) => {
      spend(request.clientAddress)
      return viewLink(request.body.token, deps)
    }),
    on(digest.actOnDigestLink, (request) => {
      spend(request.clientAddress)
      return actOnLink(request.body.token, request.body.action, deps)
    }),
    on(portal.getPortal, (request) => own.getOwnPortal(scopeOf(request), deps)),
    on(portal.listOwnHeld, (request) => own.listHeldOfMine(scopeOf(request), request.query, deps)),
    on(portal.previewOwnHeld, (request) => own.previewOfMine(scopeOf(request), request.params.message, deps)),
    on(portal.actOnOwnHeld, (request) => own.actOnMine(scopeOf(request), request.body, deps)),
    on(portal.listOwnRefused, (request) => own.listRefusedOfMine(scopeOf(request), request.query, deps)),
    on(portal.listOwnMail, (request) => listMailOfMine(scopeOf(request), request.query, deps)),
    on(portal.reportOwnMail, (request) => {
      const asked = { messageId: request.params.message, ...request.body }
      return reportMine(scopeOf(request), asked, deps)
    }),
    on(portal.listOwnSenders, (request) => own.listSendersOfMine(scopeOf(request), request.query, deps)),
    on(portal.addOwnSender, (request) => own.addSenderOfMine(scopeOf(request), request.body, deps)),
    on(portal.removeOwnSender, (request) =>
      own.removeSenderOfMine(scopeOf(request), request.params.sender, deps),
    ),
    on(portal.setOwnSettings, (request) => own.setMySettings(scopeOf(request), request.body, deps)),
    on(portal.sendOwnDigest, (request) => own.sendMyDigest(scopeOf(request), deps)),
  ]
}
