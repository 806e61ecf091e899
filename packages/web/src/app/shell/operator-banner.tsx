// Says on every page that one acts for the organisation from outside, and that the organisation sees it.
import { IconUserShield } from '@tabler/icons-react'
import { useMyTenant } from '#app/session.ts'
import classes from './operator-banner.module.css'

export function OperatorBanner() {
  const tenant = useMyTenant()
  if (!tenant?.asOperator) return null
  return (
    <p className={classes.banner}>
      <IconUserShield size={16} aria-hidden />
      <span>
        You act as operator in <strong>{tenant.name}</strong>. Its audit log shows that you were here.
      </span>
    </p>
  )
}
