// Permissions to tick, a row an area: what is read, what is changed, and what is special; protected ones say
// so.

import {
  permissions as all,
  type Permission,
  permissionWords,
  protectedPermissions,
} from '@gatepost/contract/permission.ts'
import { Checkbox } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useWords, type Words } from '#i18n/i18n.ts'
import classes from './permission-grid.module.css'

type Props = {
  readonly label: string
  readonly value: readonly Permission[]
  /** What may be ticked; others are shown only where they are ticked already. */
  readonly may: readonly Permission[]
  readonly onChange: (value: readonly Permission[]) => void
}

export function PermissionGrid({ label, value, may, onChange }: Props) {
  const t = useWords('roles')
  const shown = all.filter((permission) => may.includes(permission) || value.includes(permission))
  const areas = [...new Set(shown.map(areaOf))]
  const toggle = (permission: Permission) => {
    const next = new Set(value)
    if (next.has(permission)) {
      next.delete(permission)
      // Who may no longer see a list cannot change it either.
      if (permission.endsWith(':read')) next.delete(permission.replace(':read', ':write') as Permission)
    } else {
      next.add(permission)
      if (permission.endsWith(':write')) next.add(permission.replace(':write', ':read') as Permission)
    }
    onChange(all.filter((one) => next.has(one)))
  }
  return (
    <fieldset className={classes.grid}>
      <legend>{label}</legend>
      {areas.map((area) => (
        <div key={area} className={classes.area}>
          <span className={classes.name}>{t(`area.${area}`, area)}</span>
          <span className={classes.boxes}>
            {shown
              .filter((permission) => areaOf(permission) === area)
              .map((permission) => (
                <Checkbox
                  key={permission}
                  size="xs"
                  className={classes.box}
                  label={<Word permission={permission} />}
                  aria-label={`${t(`area.${area}`, area)}: ${wordOf(permission, t)}`}
                  checked={value.includes(permission)}
                  disabled={!may.includes(permission)}
                  onChange={() => toggle(permission)}
                />
              ))}
          </span>
        </div>
      ))}
    </fieldset>
  )
}

function Word({ permission }: { readonly permission: Permission }) {
  const t = useWords('roles')
  return (
    <span className={classes.word}>
      {wordOf(permission, t)}
      {protectedPermissions.has(permission) && (
        <IconLock size={12} aria-label={t('protected')} className={classes.lock} />
      )}
    </span>
  )
}

export function wordOf(permission: Permission, t: Words): string {
  const special = permissionWords.get(permission)
  if (special !== undefined) return t(`permission.${permission.replace(':', '-')}`, special)
  return permission.endsWith(':read') ? t('read') : t('change')
}

function areaOf(permission: Permission): string {
  return permission.slice(0, permission.indexOf(':'))
}
