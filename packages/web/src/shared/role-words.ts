// What roles are called: the built-in ones in the reader's language, an organisation's own as it named them.
import { roleWords } from '@gatepost/contract/permission.ts'
import { useCallback } from 'react'
import { useWords } from '#i18n/i18n.ts'

/** Gives the name, or what it is for, of a role by its id; `given` is what the server calls an own one. */
export type RoleWords = (role: string, given: string, part?: 'name' | 'means') => string

export function useRoleWords(): RoleWords {
  const words = useWords('shell')
  return useCallback<RoleWords>(
    (role, given, part = 'name') => (Object.hasOwn(roleWords, role) ? words(`roles.${role}.${part}`) : given),
    [words],
  )
}

/** The built-in role of an English name, where no id is told; else the name itself. */
export function roleNamed(name: string): string {
  return Object.entries(roleWords).find(([, words]) => words.name === name)?.[0] ?? name
}
