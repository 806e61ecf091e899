// What a synchronisation may do: brakes, schedule, who is read (D8). Kept apart from the connection.

import {
  type Connector,
  type ConnectorChange,
  getConnector,
  listConnectors,
  removalCaps,
  updateConnector,
} from '@gatepost/contract/directory.ts'
import { Button, NativeSelect, NumberInput, Switch, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { FormSection } from '#shared/form-section.tsx'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

const WITHOUT = 'none'

export function BrakesForm({ connector }: { readonly connector: Connector }) {
  const t = useWords('directories')
  const tenant = useSlug()
  const may = useMay('directories:write')
  const save = useAction(updateConnector, { readAgain: [getConnector, listConnectors] })
  const form = useForm({ initialValues: valuesOf(connector) })
  useFieldErrors(form, save.error)
  const submit = form.onSubmit((values) => {
    save.mutate({
      params: { tenant, connector: connector.id },
      body: bodyOf(values),
      revision: connector.revision,
    })
  }, focusFirstWrong)
  return (
    <form noValidate onSubmit={submit}>
      <fieldset disabled={!may} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <FormSection title={t('brakes.title')} line={t('brakes.line')}>
          <div className={stack.pair}>
            <NativeSelect
              label={t('brakes.most')}
              data={[
                ...removalCaps.map((cap) => ({ value: String(cap), label: count(cap) })),
                { value: WITHOUT, label: t('brakes.noCap') },
              ]}
              {...form.getInputProps('maxRemovals')}
            />
            <NumberInput
              label={t('brakes.grace')}
              description={t('brakes.graceMeans')}
              min={0}
              max={90}
              {...form.getInputProps('graceDays')}
            />
          </div>
          <p className="small tx2">{t('brakes.whatever')}</p>
          <Switch
            label={t('brakes.delete')}
            description={t('brakes.deleteMeans')}
            {...form.getInputProps('deleteUsers', { type: 'checkbox' })}
          />
        </FormSection>
        <FormSection title={t('brakes.who')} line={t('brakes.whoLine')}>
          <Switch
            label={t('brakes.disabled')}
            description={t('brakes.disabledMeans')}
            {...form.getInputProps('acknowledgeDisabled', { type: 'checkbox' })}
          />
          <Switch label={t('brakes.contacts')} {...form.getInputProps('contacts', { type: 'checkbox' })} />
          <TagsInput
            label={t('brakes.domains')}
            description={t('brakes.domainsMeans')}
            splitChars={[',', ' ', ';']}
            acceptValueOnBlur
            {...form.getInputProps('domains')}
          />
          <TagsInput
            label={t('brakes.attributes')}
            description={t('brakes.attributesMeans')}
            splitChars={[',', ' ', ';']}
            acceptValueOnBlur
            {...form.getInputProps('attributes')}
          />
        </FormSection>
        <FormSection title={t('brakes.schedule')} line={t('brakes.scheduleLine')}>
          <Switch label={t('brakes.on')} {...form.getInputProps('enabled', { type: 'checkbox' })} />
          <div className={stack.pair}>
            <TagsInput
              label={t('brakes.times')}
              splitChars={[',', ' ', ';']}
              acceptValueOnBlur
              error={form.errors['schedule.times']}
              {...form.getInputProps('times')}
            />
            <TextInput
              label={t('brakes.zone')}
              {...form.getInputProps('timeZone')}
              error={form.errors['schedule.timeZone']}
            />
          </div>
          {save.error && <ProblemNote error={save.error} />}
          {may && (
            <div className={stack.row}>
              <Button type="submit" variant="default" loading={save.isPending}>
                {t('save')}
              </Button>
              {save.isSuccess && !form.isDirty() && <span role="status">{t('saved')}</span>}
            </div>
          )}
        </FormSection>
      </fieldset>
    </form>
  )
}

function valuesOf(connector: Connector) {
  const { maxRemovals, graceDays, deleteUsers, acknowledgeDisabled, contacts, domains, attributes, enabled } =
    connector
  return {
    maxRemovals: maxRemovals === null ? WITHOUT : String(maxRemovals),
    graceDays: graceDays as number | string,
    deleteUsers,
    acknowledgeDisabled,
    contacts,
    domains,
    attributes,
    enabled,
    times: connector.schedule.times,
    timeZone: connector.schedule.timeZone,
  }
}

function bodyOf({
  maxRemovals,
  graceDays,
  times,
  timeZone,
  ...rest
}: ReturnType<typeof valuesOf>): ConnectorChange {
  return {
    ...rest,
    maxRemovals: maxRemovals === WITHOUT ? null : Number(maxRemovals),
    graceDays: Number(graceDays) || 0,
    schedule: { times, timeZone },
  }
}
