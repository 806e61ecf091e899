// How people sign in: profiles, identity providers, password rules, and the accounts there are.

import { getSignInSettings } from '@gatepost/contract/sign-in-settings.ts'
import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { AccountsPanel } from './accounts-panel.tsx'
import { PasswordRulesForm } from './password-rules-form.tsx'
import { ProfilesPanel } from './profiles-panel.tsx'
import { ProvidersPanel } from './providers-panel.tsx'
import classes from './sign-in.module.css'
import { type SignInTab, signInTabs } from './sign-in-search.ts'

export function SignInSettingsPage() {
  const t = useWords('signin')
  const tenant = useSlug()
  const may = useMay('sign-in:write')
  const { tab, tested } = useSearch({ from: '/console/t/$slug/sign-in' })
  const navigate = useNavigate()
  const { data, error } = useEndpoint(getSignInSettings, { params: { tenant } })
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate({
            to: '/t/$slug/sign-in',
            params: { slug: tenant },
            search: { tab: (next ?? 'profiles') as SignInTab },
          })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md" className={classes.tabs}>
          {signInTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {!data && (error ? <ProblemNote error={error} /> : <SkeletonRows />)}
        {data && (
          <>
            <Tabs.Panel value="profiles">
              <ProfilesPanel settings={data} may={may} />
            </Tabs.Panel>
            <Tabs.Panel value="providers">
              <ProvidersPanel settings={data} may={may} tested={tested} />
            </Tabs.Panel>
            <Tabs.Panel value="passwords">
              <PasswordRulesForm key={data.revision} settings={data} may={may} />
            </Tabs.Panel>
            <Tabs.Panel value="accounts">
              <AccountsPanel />
            </Tabs.Panel>
          </>
        )}
      </Tabs>
    </Page>
  )
}
