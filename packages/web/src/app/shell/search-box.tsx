// Ctrl+K: pages and steps by present and former names, people, domains, policies, messages, commands, guides.
import { stepNames } from '@gatepost/contract/connect.ts'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight'
import { IconBolt, IconBook2, IconBuilding, IconListCheck, IconSearch } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { type MyTenant, useMe, useMyTenant } from '#app/session.ts'
import { stepSearchWords } from '#connect/step-words.ts'
import { findGuides } from '#guides/find.ts'
import { useShelves } from '#guides/use-shelves.ts'
import { useWords } from '#i18n/i18n.ts'
import { commands } from './commands.ts'
import { settingsEntry, tenantNavigation } from './navigation.ts'
import { formerNameOf, ranked } from './rank.ts'
import { kindWords, placeOf, useSearchHits } from './search-hits.ts'
import { systemNavigation } from './system-navigation.ts'

const TYPING_MS = 150
/** Of each kind that the console knows by itself. */
const SHOWN_MAX = 5
const GUIDES_MAX = 3

type Entry = {
  readonly group: string
  readonly label: string
  readonly detail: string
  readonly alsoCalled: readonly string[]
  readonly icon: typeof IconSearch
  readonly path: string
}
type Group = { readonly group: string; readonly actions: SpotlightActionData[] }

export function SearchBox({ asked }: { readonly asked: number }) {
  const [query, setQuery] = useState('')
  const words = useWords('shell')
  const groups = useGroups(query.trim())
  useEffect(() => spotlight.open(), [asked])
  return (
    <Spotlight
      shortcut={null}
      query={query}
      onQueryChange={setQuery}
      actions={[...groups]}
      filter={(_, actions) => actions}
      attributes={{ content: { 'aria-label': words('search') } }}
      overlayProps={{ backgroundOpacity: 0.3, blur: 0 }}
      transitionProps={{ duration: 120, transition: 'fade' }}
      nothingFound={<span role="status">{words('searchNothing')}</span>}
      highlightQuery
      scrollable
      maxHeight={460}
      searchProps={{
        leftSection: <IconSearch size={18} stroke={1.6} aria-hidden />,
        placeholder: words('searchHint'),
        'aria-label': words('search'),
      }}
    />
  )
}

/** Everything that fits, by kind, in the order of the look. */
function useGroups(query: string): readonly Group[] {
  const router = useRouter()
  const tenant = useMyTenant()
  const own = ranked(useOwnEntries(), query)
  const [settled] = useDebouncedValue(query, TYPING_MS)
  const { hits } = useSearchHits(tenant?.slug, settled)
  const guides = useGuideEntries(query, tenant)
  const found: Entry[] = hits.map((hit) => ({
    ...hit,
    group: kindWords[hit.kind].group,
    icon: kindWords[hit.kind].icon,
    alsoCalled: [],
    path: placeOf(hit, tenant?.slug ?? ''),
  }))
  const byGroup = new Map<string, Entry[]>()
  for (const entry of [...own, ...found, ...messagesEntry(query, tenant), ...guides]) {
    const list = byGroup.get(entry.group) ?? []
    byGroup.set(entry.group, list)
    const most = query === '' && entry.group === 'Pages' ? Number.POSITIVE_INFINITY : SHOWN_MAX + 1
    if (list.length < most) list.push(entry)
  }
  return [...byGroup].map(([group, entries]) => ({
    group,
    actions: entries.map((entry) => actionOf(entry, query, (href) => router.history.push(href))),
  }))
}

function actionOf(entry: Entry, query: string, go: (href: string) => void): SpotlightActionData {
  const { label, detail, icon: Icon, path, group } = entry
  const former = formerNameOf(entry, query)
  return {
    id: `${group} ${path} ${label}`,
    label,
    description: former ? `Also called “${former}”` : detail,
    leftSection: <Icon size={18} stroke={1.6} aria-hidden />,
    onClick: () => go(path),
  }
}

/** Pages, steps, commands and organisations: known without asking. */
function useOwnEntries(): readonly Entry[] {
  const tenant = useMyTenant()
  const me = useMe()
  const system = me?.operator ? systemNavigation.flatMap(({ entries }) => entries) : []
  return [
    ...(tenant ? entriesOf(tenant) : []),
    ...system.map(({ to, label, icon, alsoCalled }) => ({
      group: 'Installation',
      label,
      detail: 'Installation',
      alsoCalled,
      icon,
      path: to,
    })),
    ...(me?.tenants ?? [])
      .filter(({ slug }) => slug !== tenant?.slug)
      .map(({ slug, name, primaryDomain }) => ({
        group: 'Organisations',
        label: name,
        detail: primaryDomain,
        alsoCalled: [slug, primaryDomain],
        icon: IconBuilding,
        path: `/t/${slug}`,
      })),
  ]
}

function entriesOf({ slug, permissions }: MyTenant): readonly Entry[] {
  const base = `/t/${slug}`
  const pages = [...tenantNavigation.flatMap(({ entries }) => entries), settingsEntry]
  return [
    ...pages
      .filter(({ needs }) => permissions.includes(needs))
      .map(({ to, search, label, icon, alsoCalled }) => ({
        group: 'Pages',
        label,
        detail: alsoCalled[0] ?? '',
        alsoCalled,
        icon,
        path: to.replace('/t/$slug', base) + (search ? `?state=${search.state}` : ''),
      })),
    ...commands
      .filter(({ needs }) => needs === null || permissions.includes(needs))
      .map(({ label, alsoCalled, path, search }) => ({
        group: 'Do',
        label,
        detail: '',
        alsoCalled,
        icon: IconBolt,
        path: `${base}${path}${search ? `?${new URLSearchParams(search)}` : ''}`,
      })),
    ...(permissions.includes('connect:read') ? stepNames : []).map((step) => ({
      group: 'Connect',
      label: stepSearchWords[step].label,
      detail: 'Step of Connect',
      alsoCalled: stepSearchWords[step].alsoCalled,
      icon: IconListCheck,
      path: `${base}/connect/${step}`,
    })),
  ]
}

/** All that the message centre finds, behind the few that are shown. */
function messagesEntry(query: string, tenant: MyTenant | undefined): readonly Entry[] {
  if (!tenant?.permissions.includes('messages:read') || query.length < 2) return []
  return [
    {
      group: 'Messages',
      label: `Search messages for ${query}`,
      detail: 'Message centre',
      alsoCalled: [],
      icon: IconSearch,
      path: `/t/${tenant.slug}/messages?${new URLSearchParams({ search: query })}`,
    },
  ]
}

function useGuideEntries(query: string, tenant: MyTenant | undefined): readonly Entry[] {
  const { data } = useShelves(query.length > 2)
  if (!data || query.length <= 2) return []
  const base = tenant ? `/t/${tenant.slug}` : ''
  return findGuides(data, query)
    .slice(0, GUIDES_MAX)
    .map(({ guide, title, shelf, heading, hash }) => ({
      group: 'Guides',
      label: title,
      detail: heading ?? shelf,
      alsoCalled: [],
      icon: IconBook2,
      path: `${base}/guides/${guide}${hash && `#${hash}`}`,
    }))
}
