// The login of a delivery route: asked for where the host takes mail after one only. A password that is kept
// is never shown, and stays unless another one is written.

import type { RouteLogin } from '@gatepost/contract/route.ts'
import { Checkbox, PasswordInput, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useWords } from '#i18n/i18n.ts'
import stack from '#shared/stack.module.css'

export type LoginValues = {
  readonly isWanted: boolean
  readonly username: string
  readonly password: string
}

export function loginValues(kept: RouteLogin | null): LoginValues {
  return { isWanted: kept !== null, username: kept?.username ?? '', password: '' }
}

/** What is sent of it: nothing where nothing differs, null where it is removed. */
export function loginBody({ isWanted, username, password }: LoginValues, kept: RouteLogin | null) {
  if (!isWanted) return kept === null ? undefined : null
  const name = username.trim()
  if (name === kept?.username && password === '') return undefined
  return { username: name, ...(password === '' ? {} : { password }) }
}

/** @param kept whether a login is set */
export function useLoginChecks(kept: RouteLogin | null) {
  const t = useWords('flow')
  return {
    username: (value: string, { login }: { readonly login: LoginValues }) =>
      login.isWanted && value.trim() === '' ? t('routeLogin.writeTheUserName') : null,
    password: (value: string, { login }: { readonly login: LoginValues }) =>
      login.isWanted && kept === null && value === '' ? t('routeLogin.writeThePassword') : null,
  }
}

type Form = Pick<UseFormReturnType<{ login: LoginValues }>, 'getInputProps' | 'values'>

export function LoginFields({ form, kept }: { readonly form: Form; readonly kept: RouteLogin | null }) {
  const t = useWords('flow')
  return (
    <>
      <Checkbox
        label={t('routeLogin.theHostAsksForALogin')}
        {...form.getInputProps('login.isWanted', { type: 'checkbox' })}
      />
      {form.values.login.isWanted && (
        <div className={stack.pair}>
          <TextInput
            label={t('routeLogin.userName')}
            autoCapitalize="off"
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('login.username')}
          />
          <PasswordInput
            label={t('routeLogin.password')}
            description={
              kept === null ? t('routeLogin.saidInsideTlsOnly') : t('routeLogin.isSetEmptyKeepsIt')
            }
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('routeLogin.showThePassword') }}
            {...form.getInputProps('login.password')}
          />
        </div>
      )}
    </>
  )
}
