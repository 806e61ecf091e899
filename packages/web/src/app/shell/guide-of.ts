// The guide of the page one is on: that of its entry in the navigation, or of its step in Connect.
import { StepName } from '@gatepost/contract/connect.ts'
import { useLocation } from '@tanstack/react-router'
import { stepGuides } from '#connect/step-guides.ts'
import { settingsEntry, tenantNavigation } from './navigation.ts'
import { systemNavigation } from './system-navigation.ts'

/** For pages that stand in no navigation. */
const FALLBACK = 'console'

const others: ReadonlyMap<string, string> = new Map([
  ['/ask', 'messages'],
  ['/account', 'sign-in'],
])

const entries = [...tenantNavigation.flatMap((group) => group.entries), settingsEntry].map(
  ({ to, guide }) => ({
    path: to.replace('/t/$slug', ''),
    guide,
  }),
)
const system = systemNavigation
  .flatMap((group) => group.entries)
  .map(({ to, guide }) => ({ path: to, guide }))

export function useGuide(): string {
  return guideOfPath(useLocation().pathname)
}

/** The guide of an address: the longest entry that begins it. */
export function guideOfPath(pathname: string): string {
  const inTenant = /^\/t\/[^/]+(\/.*)$/.exec(pathname)?.[1]
  const path = inTenant ?? pathname
  const step = StepName.safeParse(/^\/connect\/([^/]+)/.exec(path)?.[1])
  if (step.success) return stepGuides[step.data]
  const other = others.get(path)
  if (other !== undefined) return other
  const known = (inTenant === undefined ? system : entries)
    .filter((entry) => path === entry.path || path.startsWith(`${entry.path}/`))
    .sort((one, another) => another.path.length - one.path.length)
  return known[0]?.guide ?? FALLBACK
}
