// What was sent about alerts, a line each: where to, whether it was taken, and why not.

import type { AlertSend } from '@gatepost/contract/alert.ts'
import { useWords } from '#i18n/i18n.ts'
import { StatusWord } from '#shared/status-word.tsx'
import { Countdown, RelativeTime } from '#shared/time.tsx'
import classes from './alerts.module.css'

export function SendLines({ sends }: { readonly sends: readonly AlertSend[] }) {
  const t = useWords('alerts')
  return (
    <ul className={classes.sends}>
      {sends.map((send) => (
        <li key={send.id}>
          <div className={classes.send}>
            <StatusWord of="send" state={send.state} />
            <span className="small tx2">
              {t('by', { event: t(`event.${send.event}`), channel: t(`via.${send.channel}`) })}
            </span>
            <span className="small tx3">
              <RelativeTime at={send.sentAt ?? send.createdAt} />
            </span>
          </div>
          {send.target && <div className={`small tx2 ${classes.target}`}>{send.target}</div>}
          {send.why && (
            <div className="small tx2">
              {send.why} {send.state === 'waiting' && <Countdown to={send.dueAt} before={t('next')} />}
            </div>
          )}
        </li>
      ))}
    </ul>
  )
}
