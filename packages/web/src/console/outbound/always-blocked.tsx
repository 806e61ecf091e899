// The default that nobody can edit: mail from outside to outside is refused. What passes all the same.
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'

export function AlwaysBlocked() {
  const slug = useSlug()
  return (
    <Panel
      title="From outside to outside"
      side={<ToneText tone="mute">Always refused, cannot be changed</ToneText>}
    >
      <div className={stack.tight}>
        <p>
          Mail whose sender and recipient are both outside of your organisation is answered 451 4.7.1 Open
          relay not allowed, on every port. No policy and no permitted sender opens this.
        </p>
        <p className="tx2">
          Your own hosts may pass mail on for your people: with a reverse-path that they rewrote, or with a
          field that names one of your addresses, such as Resent-From or Sender. It is labelled, counted, and
          never signed as its author. For single addresses use{' '}
          <Link to="/t/$slug/forwarding" params={{ slug }}>
            Forwarding
          </Link>
          .
        </p>
      </div>
    </Panel>
  )
}
