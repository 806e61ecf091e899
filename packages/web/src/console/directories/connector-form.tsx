// The form of a connector: name, the fields of its kind, and what must be done at the directory before.

import { getConnect } from '@gatepost/contract/connect.ts'
import {
  addConnector,
  type Connector,
  type ConnectorSettings,
  getConnector,
  listConnectors,
  updateConnector,
} from '@gatepost/contract/directory.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { FormSection } from '#shared/form-section.tsx'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import type { DirectoryValues, KindForm } from './kinds/kind-form.ts'

const readAgain = [listConnectors, getConnector, getConnect]

type Props = {
  readonly kind: KindForm
  /** Null for a new one. */
  readonly connector: Connector | null
  readonly onDone: (connector: Connector) => void
  readonly onCancel?: () => void
}

export function ConnectorForm({ kind, connector, onDone, onCancel }: Props) {
  const t = useWords('directories')
  const tenant = useSlug()
  const add = useAction(addConnector, { readAgain, onDone })
  const update = useAction(updateConnector, { readAgain, onDone })
  const error = add.error ?? update.error
  const form = useForm<DirectoryValues>({
    initialValues: {
      name: connector?.name ?? kind.defaultName,
      settings: connector?.settings ?? kind.blank(),
      secret: '',
    },
    validate: (values) => ({
      ...(values.name.trim() === '' ? { name: t('form.writeName') } : {}),
      ...kind.check?.(values, connector === null, t),
    }),
  })
  useFieldErrors(form, error)
  const submit = form.onSubmit(({ name, settings, secret }) => {
    const body = { name, settings: cleaned(settings), ...(secret === '' ? {} : { secret }) }
    if (connector === null) {
      const schedule = { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }
      add.mutate({ params: { tenant }, body: { ...body, schedule } })
    } else {
      const params = { tenant, connector: connector.id }
      update.mutate({ params, body, revision: connector.revision })
    }
  }, focusFirstWrong)
  const { Fields, Prerequisites } = kind
  return (
    <form noValidate onSubmit={submit}>
      {connector === null && (
        <FormSection title={t('form.before')} line={t('form.beforeLine')}>
          <Prerequisites settings={form.values.settings} />
        </FormSection>
      )}
      <FormSection title={t('connection')} line={t('form.connectionLine')}>
        <TextInput label={t('form.name')} {...form.getInputProps('name')} />
        <Fields form={form} secretSetAt={connector?.secretSetAt ?? null} />
        {error && <ProblemNote error={error} />}
        <div className={stack.row}>
          <Button type="submit" loading={add.isPending || update.isPending}>
            {connector === null ? t('form.save') : t('form.saveChanges')}
          </Button>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {t('cancel')}
            </Button>
          )}
        </div>
      </FormSection>
    </form>
  )
}

/** Empty text stands for nothing where nothing is allowed. */
function cleaned(settings: ConnectorSettings): ConnectorSettings {
  const nullable = new Set([
    'alternateHost',
    'certificateName',
    'fingerprint',
    'authority',
    'filter',
    'agentId',
  ])
  const entries = Object.entries(settings).map(([field, value]) => [
    field,
    nullable.has(field) && value === '' ? null : value,
  ])
  return Object.fromEntries(entries) as ConnectorSettings
}
