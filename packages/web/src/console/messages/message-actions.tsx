// What can be done about a message in place: release it while it is held, permit or block its sender.
import type { OutputOf } from '@gatepost/contract/endpoint.ts'
import { getMessage, listMessages, type Message } from '@gatepost/contract/message.ts'
import type { PolicyDraftIn } from '@gatepost/contract/policy.ts'
import { actOnQueue, listQueue } from '@gatepost/contract/queue.ts'
import { Button } from '@mantine/core'
import { IconArrowForwardUp, IconBan, IconUserCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { SpamReport } from './spam-report.tsx'

/** Of these a copy may be kept: in the archive, or held. */
const KEPT = new Set<Message['status']>(['delivered', 'held', 'queued', 'discarded'])

export function MessageActions({ message }: { readonly message: Message }) {
  const mayPolicies = useMay('policies:write')
  const mayQueue = useMay('queue:write')
  const isInbound = message.direction !== 'outbound'
  return (
    <>
      {message.status === 'held' && mayQueue && <Release message={message} />}
      {mayPolicies && isInbound && message.reversePath && <SenderPolicies message={message} />}
      {mayPolicies && message.direction === 'inbound' && KEPT.has(message.status) && (
        <SpamReport message={message} />
      )}
    </>
  )
}

function Release({ message }: { readonly message: Message }) {
  const tenant = useSlug()
  const words = useWords('messages')
  const release = useAction(actOnQueue, { readAgain: [getMessage, listMessages, listQueue] })
  if (release.data) {
    return (
      <p className="small tx2" role="status">
        {words(`act.${outcomeOf(release.data)}`)}{' '}
        {release.data.needsTwo ? (
          <Link to="/t/$slug/held/$message" params={{ slug: tenant, message: message.id }}>
            {words('act.heldMail')}
          </Link>
        ) : null}
      </p>
    )
  }
  return (
    <>
      <Button
        loading={release.isPending}
        leftSection={<IconArrowForwardUp size={15} aria-hidden />}
        onClick={() =>
          release.mutate({ params: { tenant }, body: { action: 'release', messages: [message.id] } })
        }
      >
        {words('act.release')}
      </Button>
      {release.error && <ProblemNote error={release.error} />}
    </>
  )
}

/** Which words say what came of a release. */
function outcomeOf({ recipients, needsTwo, infected }: OutputOf<typeof actOnQueue>): string {
  if (needsTwo) return 'needsTwo'
  if (infected) return 'infected'
  return recipients > 0 ? 'released' : 'notHeld'
}

/** Both open the policy's form, filled in: what it meets is seen before it is saved. */
function SenderPolicies({ message }: { readonly message: Message }) {
  const slug = useSlug()
  const words = useWords('messages')
  const address = message.author ?? message.reversePath ?? ''
  const side = { from: { kind: 'address', address }, to: { kind: 'everyone' } } as const
  const permit: PolicyDraftIn = {
    ...side,
    type: 'permitted-senders',
    name: words('act.permitName', { address }),
    option: { action: 'permit', onlyIfAuthenticated: true },
  }
  const block: PolicyDraftIn = {
    ...side,
    type: 'blocked-senders',
    name: words('act.blockName', { address }),
    addressesBasedOn: 'both',
    option: { action: 'block' },
  }
  const choices = [
    { draft: permit, label: words('act.permit'), icon: <IconUserCheck size={15} aria-hidden /> },
    { draft: block, label: words('act.block'), icon: <IconBan size={15} aria-hidden /> },
  ]
  return choices.map(({ draft, label, icon }) => (
    <Button
      key={label}
      variant="default"
      leftSection={icon}
      renderRoot={(props) => (
        <Link {...props} to="/t/$slug/policies/new" params={{ slug }} search={{ type: draft.type, draft }} />
      )}
    >
      {label}
    </Button>
  ))
}
