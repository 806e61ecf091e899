// Ctrl+K: finds pages and steps by their names and by those of the former product, or searches the messages.
import { stepNames } from '@gatepost/contract/connect.ts'
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight'
import { IconListCheck, IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useMe, useMyTenant } from '#app/session.ts'
import { stepSearchWords } from '#connect/step-words.ts'
import { settingsEntry, systemNavigation, tenantNavigation } from './navigation.ts'

export function SearchBox({ asked }: { readonly asked: number }) {
  const [query, setQuery] = useState('')
  const actions = usePageActions()
  const messages = useMessageAction(query)
  useEffect(() => spotlight.open(), [asked])
  return (
    <Spotlight
      shortcut={null}
      query={query}
      onQueryChange={setQuery}
      actions={[...actions, ...messages]}
      attributes={{ content: { 'aria-label': 'Search' } }}
      overlayProps={{ backgroundOpacity: 0.3, blur: 0 }}
      transitionProps={{ duration: 120, transition: 'fade' }}
      nothingFound="No page has that name. Press Escape to close."
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} stroke={1.6} aria-hidden />,
        placeholder: 'Pages and steps, also by their former names',
        'aria-label': 'Search',
      }}
    />
  )
}

function usePageActions(): SpotlightActionData[] {
  const navigate = useNavigate()
  const tenant = useMyTenant()
  const me = useMe()
  const pages = tenant
    ? [...tenantNavigation.flatMap(({ entries }) => entries), settingsEntry]
        .filter(({ needs }) => tenant.permissions.includes(needs))
        .map(({ to, search, label, icon: Icon, alsoCalled }) => ({
          id: label,
          label,
          description: alsoCalled[0] ?? '',
          keywords: [...alsoCalled],
          leftSection: <Icon size={18} stroke={1.6} aria-hidden />,
          onClick: () => navigate({ to, params: { slug: tenant.slug }, ...(search ? { search } : {}) }),
        }))
    : []
  const steps = tenant
    ? stepNames.map((step) => ({
        id: step,
        label: stepSearchWords[step].label,
        description: 'Connect',
        keywords: [...stepSearchWords[step].alsoCalled],
        leftSection: <IconListCheck size={18} stroke={1.6} aria-hidden />,
        onClick: () => navigate({ to: '/t/$slug/connect/$step', params: { slug: tenant.slug, step } }),
      }))
    : []
  const system = me?.operator
    ? systemNavigation
        .flatMap(({ entries }) => entries)
        .map(({ to, label, icon: Icon, alsoCalled }) => ({
          id: to,
          label,
          description: 'Installation',
          keywords: [...alsoCalled],
          leftSection: <Icon size={18} stroke={1.6} aria-hidden />,
          onClick: () => navigate({ to }),
        }))
    : []
  return [...pages, ...steps, ...system]
}

function useMessageAction(query: string): SpotlightActionData[] {
  const navigate = useNavigate()
  const tenant = useMyTenant()
  const search = query.trim()
  if (!tenant?.permissions.includes('messages:read') || search.length < 2) return []
  return [
    {
      id: 'search-messages',
      label: `Search messages for ${search}`,
      keywords: [search],
      leftSection: <IconSearch size={18} stroke={1.6} aria-hidden />,
      onClick: () => navigate({ to: '/t/$slug/messages', params: { slug: tenant.slug }, search: { search } }),
    },
  ]
}
