// The default that nobody can edit: mail from outside to outside is refused. What passes all the same.

import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'

export function AlwaysBlocked() {
  const t = useWords('flow')
  const slug = useSlug()
  return (
    <Panel
      title={t('alwaysBlocked.fromOutsideToOutside')}
      side={<ToneText tone="mute">{t('alwaysBlocked.alwaysRefusedCannotBe')}</ToneText>}
    >
      <div className={stack.tight}>
        <p>{t('alwaysBlocked.mailWhoseSenderAnd')}</p>
        <p className="tx2">
          {rich(t, 'alwaysBlocked.yourOwnHostsMayPassMailOn', {
            link: (
              <Link to="/t/$slug/forwarding" params={{ slug }}>
                {t('alwaysBlocked.forwarding')}
              </Link>
            ),
          })}
        </p>
      </div>
    </Panel>
  )
}
