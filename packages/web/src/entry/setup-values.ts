// The values of the set-up form and what is checked of them before they are sent.
import type { Environment } from '@gatepost/contract/common.ts'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { address, domainName, newPassword, required } from '#shared/validation.ts'

const initialValues = {
  administrator: { name: '', email: '', password: '' },
  organization: {
    name: '',
    primaryDomain: '',
    environment: null as Environment | null,
    emergencyContact: { name: '', email: '', phone: '' },
  },
}

export type SetupValues = typeof initialValues
export type SetupForm = UseFormReturnType<SetupValues>

export function useSetupForm(): SetupForm {
  return useForm({
    initialValues,
    validate: {
      administrator: { name: required('your name'), email: address, password: newPassword },
      organization: {
        name: required('the name of the organisation'),
        primaryDomain: domainName,
        environment: (value) => (value === null ? 'Choose the environment' : null),
        emergencyContact: { name: required('who to reach'), email: address },
      },
    },
  })
}
