// The signed-in person with the role held here, and the way out.
import { signOut } from '@gatepost/contract/session.ts'
import { Menu } from '@mantine/core'
import { IconBook2, IconKeyboard, IconLogout, IconShieldLock } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useContext } from 'react'
import { call } from '#api/call.ts'
import { useMe, useMyTenant } from '#app/session.ts'
import { languages, nameOfLanguage, useLanguage, useWords } from '#i18n/i18n.ts'
import { useRoleWords } from '#shared/role-words.ts'
import classes from './shell.module.css'
import { ShellContext } from './shell-context.ts'

export function PersonMenu({ small }: { readonly small?: boolean }) {
  const me = useMe()
  const words = useWords('shell')
  const [language, setLanguage] = useLanguage()
  const { openKeys } = useContext(ShellContext)
  const tenant = useMyTenant()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  if (!me) return null
  const say = useRoleWords()
  const role = tenant ? say(tenant.role, tenant.roleName) : words('operator')
  const leave = async () => {
    await call(signOut).catch(() => {})
    queryClient.clear()
    await navigate({ to: '/sign-in', search: {} })
  }
  return (
    <Menu position="top-start" width={212}>
      <Menu.Target>
        <button type="button" className={small ? classes.railLink : classes.switcher}>
          <span className={classes.initials} aria-hidden={!small}>
            {initialsOf(me.name)}
          </span>
          {small ? (
            <span className="hidden-visually">{me.name}</span>
          ) : (
            <span className={classes.switcherWords}>
              <span className={classes.switcherName}>{me.name}</span>
              <span className="small tx2">{role}</span>
            </span>
          )}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.email}</Menu.Label>
        <Menu.Item
          leftSection={<IconShieldLock size={16} aria-hidden />}
          onClick={() =>
            void (tenant
              ? navigate({ to: '/t/$slug/account', params: { slug: tenant.slug } })
              : navigate({ to: '/account' }))
          }
        >
          {words('security')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconBook2 size={16} aria-hidden />}
          onClick={() =>
            void (tenant
              ? navigate({ to: '/t/$slug/guides', params: { slug: tenant.slug } })
              : navigate({ to: '/guides' }))
          }
        >
          {words('guides')}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={openKeys}>
          {words('keys')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{words('language')}</Menu.Label>
        <Menu.RadioGroup value={language} onChange={setLanguage}>
          {languages.map((each) => (
            <Menu.RadioItem key={each} value={each} lang={each}>
              {nameOfLanguage(each)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={leave}>
          {words('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? '')
  return letters.join('').toUpperCase()
}
