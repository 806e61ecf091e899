// What a way to validate recipients means for the mail of a domain.
import type { Domain, RecipientMode } from '@gatepost/contract/domain.ts'
import { date, plural } from '#shared/format.ts'
import { Note } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'

export function Consequence({ domain, mode }: { readonly domain: Domain; readonly mode: RecipientMode }) {
  if (mode === 'learning') return <Learning domain={domain} />
  if (mode === 'accept-all') {
    return (
      <Note tone="warn" title="Mail to addresses that do not exist is accepted too">
        <p>It is delivered to your mail host, which has to refuse or bounce it.</p>
      </Note>
    )
  }
  if (mode === 'call-forward') {
    return (
      <Note tone="info" title="Your mail host decides who is known">
        <p>Its answers are kept: an hour where it accepts, five minutes where it refuses.</p>
      </Note>
    )
  }
  if (domain.userCount === 0) {
    return (
      <Note tone="bad" title={`No user of ${domain.name} is known: all its mail would be refused`}>
        <p>Add users first, or choose Accept all for now.</p>
      </Note>
    )
  }
  return (
    <Note tone="info" title={`Mail reaches ${plural(domain.userCount, 'user')} of ${domain.name}`}>
      <p>Mail to any other address is turned away. It shows in Messages as refused, with the reason.</p>
    </Note>
  )
}

function Learning({ domain }: { readonly domain: Domain }) {
  const { learningUntil } = domain
  const now = useNow()
  if (domain.recipientMode !== 'learning' || learningUntil === null) {
    return (
      <Note tone="info" title="Mail for everybody is accepted while the domain learns">
        <p>Then unknown recipients get 451 until you choose who is known.</p>
      </Note>
    )
  }
  if (learningUntil <= now) {
    return (
      <Note tone="warn" title="The time of learning is over">
        <p>Recipients that are not listed get 451. Look through them below, then choose another way.</p>
      </Note>
    )
  }
  return (
    <Note tone="info" title={`${domain.name} learns who is written to`}>
      <p>
        It ends on {date(learningUntil)}. Look through the recipients below, add those that exist, and choose
        Known recipients.
      </p>
    </Note>
  )
}
