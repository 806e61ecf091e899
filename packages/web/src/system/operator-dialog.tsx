// Chooses what an operator acts for: the installation, and organisations with a role each.

import type { BodyIn } from '@gatepost/contract/endpoint.ts'
import type { inviteOperator, Operator, setOperator } from '@gatepost/contract/operator.ts'
import { listTenants } from '@gatepost/contract/tenant.ts'
import { Button, Checkbox, Modal, MultiSelect, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { useFocusBack } from '#shared/focus-back.ts'
import { ProblemNote } from '#shared/note.tsx'
import { useRoleWords } from '#shared/role-words.ts'
import stack from '#shared/stack.module.css'
import { address, filled, focusFirstWrong } from '#shared/validation.ts'

const ROLES = ['basic', 'help-desk', 'read-only', 'full', 'super'] as const
type OperatorRole = (typeof ROLES)[number]

type Props = {
  readonly operator: Operator | null
  readonly error: unknown
  readonly busy: boolean
  readonly onClose: () => void
  readonly onInvite: (body: BodyIn<typeof inviteOperator>) => void
  readonly onSave: (person: string, body: BodyIn<typeof setOperator>) => void
}

export function OperatorDialog({ operator, error, busy, onClose, onInvite, onSave }: Props) {
  const t = useWords('system')
  const say = useRoleWords()
  useFocusBack()
  const { data } = useEndpoint(listTenants, { query: { limit: 500 } })
  const form = useForm({
    initialValues: {
      email: '',
      name: '',
      installation: operator?.installation ?? false,
      tenants: operator?.tenants.map(({ tenant }) => tenant) ?? [],
      role: (operator?.tenants[0]?.role ?? 'basic') as OperatorRole,
    },
    validate:
      operator === null ? { email: address, name: filled(t('operatorDialog.writeTheNameOfThePerson')) } : {},
  })
  const known = new Map([
    ...(data?.items ?? []).map(({ id, name }) => [id, name] as const),
    ...(operator?.tenants ?? []).map(({ tenant, name }) => [tenant, name] as const),
  ])
  // Organisations whose role was chosen one by one keep it.
  const roleOf = (tenant: string, role: OperatorRole): OperatorRole =>
    (operator?.tenants.find((one) => one.tenant === tenant)?.role as OperatorRole | undefined) ?? role
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={operator === null ? t('operators.invite') : operator.name}
      closeButtonProps={{ 'aria-label': t('system.close') }}
    >
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit(({ email, name, installation, tenants, role }) => {
          if (operator === null) {
            const grants = tenants.map((tenant) => ({ tenant, role }))
            onInvite({ email, name, installation, tenants: grants })
          } else {
            const grants = tenants.map((tenant) => ({ tenant, role: roleOf(tenant, role) }))
            onSave(operator.id, { installation, tenants: grants })
          }
        }, focusFirstWrong)}
      >
        {operator === null && (
          <div className={stack.pair}>
            <TextInput
              label={t('system.address')}
              type="email"
              autoComplete="off"
              {...form.getInputProps('email')}
            />
            <TextInput label={t('system.name')} autoComplete="off" {...form.getInputProps('name')} />
          </div>
        )}
        <Checkbox
          label={t('operatorDialog.operatorOfTheInstallation')}
          description={t('operatorDialog.makesOrganisationsAnd')}
          {...form.getInputProps('installation', { type: 'checkbox' })}
        />
        <MultiSelect
          label={t('operatorDialog.actsForTheseOrganisations')}
          searchable
          data={[...known].map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('tenants')}
        />
        <Select
          label={
            operator === null ? t('operatorDialog.roleThere') : t('operatorDialog.roleInOrganisationsThatAre')
          }
          description={say(form.getValues().role, '', 'means')}
          data={ROLES.map((value) => ({ value, label: say(value, value) }))}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
        {Boolean(error) && <ProblemNote error={error} focus />}
        <div>
          <Button type="submit" loading={busy}>
            {operator === null ? t('operatorDialog.makeInvitation') : t('system.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
