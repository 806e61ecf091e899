// What every address of the console stands on: the root, the shell for who is signed in, and an organisation.
import { getMe, type Me } from '@gatepost/contract/session.ts'
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { call } from '#api/call.ts'
import { isProblem } from '#api/problem-error.ts'
import { keyOf } from '#api/use-endpoint.ts'
import { FailedPage, NotFoundPage } from './fault-pages.tsx'
import { mayAdminister } from './home.ts'
import { Shell } from './shell/shell.tsx'

export type RouterContext = { readonly queryClient: QueryClient }

/** Below the root there is a shell around it; it loads when it is needed. */
export const NotFoundInside = lazyRouteComponent(() => import('./not-found-inside.tsx'), 'NotFoundInside')

export const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: FailedPage,
})

export const shell = createRoute({
  getParentRoute: () => root,
  id: 'console',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const me = await personOf(context, location.href)
    if (!mayAdminister(me)) throw redirect({ to: '/portal' })
    return { me }
  },
})

/** Who is signed in, completely; everybody else is sent to sign in. */
export async function personOf({ queryClient }: RouterContext, next: string): Promise<Me> {
  const me = await queryClient
    .ensureQueryData({ queryKey: keyOf(getMe), queryFn: () => call(getMe), staleTime: 60_000 })
    .catch((error: unknown) => {
      if (!isProblem(error, 'not-signed-in')) throw error
      throw redirect({ to: '/sign-in', search: { next } })
    })
  if (me.mustDo !== null) throw redirect({ to: '/sign-in', search: { next } })
  return me
}

export const tenant = createRoute({
  getParentRoute: () => shell,
  path: '/t/$slug',
  // The router looks for the nearest route that names one; the root's stands outside of the shell.
  notFoundComponent: NotFoundInside,
  beforeLoad: ({ context, params }) => {
    if (!context.me.tenants.some(({ slug }) => slug === params.slug)) throw notFound()
  },
})
