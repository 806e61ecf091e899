// What the address of the sign-in page may say: the tab, and which provider was just tested.
import * as z from 'zod'

export const signInTabs = ['profiles', 'providers', 'passwords', 'accounts'] as const
export type SignInTab = (typeof signInTabs)[number]

export const SignInSearch = z.object({
  tab: z.enum(signInTabs).default('profiles').catch('profiles'),
  /** Id of an identity provider whose test sign-in has just ended. */
  tested: z.string().max(60).optional().catch(undefined),
})
