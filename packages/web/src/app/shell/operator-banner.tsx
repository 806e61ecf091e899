// Says on every page that one acts for the organisation from outside, and that the organisation sees it.
import { IconUserShield } from '@tabler/icons-react'
import { useMyTenant } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import classes from './operator-banner.module.css'

export function OperatorBanner() {
  const tenant = useMyTenant()
  const words = useWords('shell')
  if (!tenant?.asOperator) return null
  return (
    <aside aria-label={words('actAsOperator', { name: tenant.name })}>
      <p className={classes.banner}>
        <IconUserShield size={16} aria-hidden />
        <span>{words('actAsOperator', { name: tenant.name })}</span>
      </p>
    </aside>
  )
}
