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
import { FormSection } from '#shared/form-section.tsx'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

const WITHOUT = 'none'

export function BrakesForm({ connector }: { readonly connector: Connector }) {
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
        <FormSection title="Brakes" line="A broken directory must not empty your lists">
          <div className={stack.pair}>
            <NativeSelect
              label="Removals in one run, at most"
              data={[
                ...removalCaps.map((cap) => ({ value: String(cap), label: count(cap) })),
                { value: WITHOUT, label: 'No cap' },
              ]}
              {...form.getInputProps('maxRemovals')}
            />
            <NumberInput
              label="Days of grace"
              description="Missing that long before anything is removed"
              min={0}
              max={90}
              {...form.getInputProps('graceDays')}
            />
          </div>
          <p className="small tx2">
            Whatever the cap: an empty list changes nothing, and more than a tenth missing at once needs your
            yes.
          </p>
          <Switch
            label="Delete who leaves"
            description="Off: who leaves stays as an address that receives mail"
            {...form.getInputProps('deleteUsers', { type: 'checkbox' })}
          />
        </FormSection>
        <FormSection title="Who" line="What is taken over">
          <Switch
            label="Disabled accounts may not sign in here"
            description="Never touches their mail"
            {...form.getInputProps('acknowledgeDisabled', { type: 'checkbox' })}
          />
          <Switch label="Contacts too" {...form.getInputProps('contacts', { type: 'checkbox' })} />
          <TagsInput
            label="Domains"
            description="Empty: all domains of the organisation"
            splitChars={[',', ' ', ';']}
            acceptValueOnBlur
            {...form.getInputProps('domains')}
          />
          <TagsInput
            label="Further attributes"
            description="By their names there, such as department; policies can use them"
            splitChars={[',', ' ', ';']}
            acceptValueOnBlur
            {...form.getInputProps('attributes')}
          />
        </FormSection>
        <FormSection title="Schedule" line="By itself, on your clock">
          <Switch label="Switched on" {...form.getInputProps('enabled', { type: 'checkbox' })} />
          <div className={stack.pair}>
            <TagsInput
              label="Times"
              splitChars={[',', ' ', ';']}
              acceptValueOnBlur
              error={form.errors['schedule.times']}
              {...form.getInputProps('times')}
            />
            <TextInput
              label="Time zone"
              {...form.getInputProps('timeZone')}
              error={form.errors['schedule.timeZone']}
            />
          </div>
          {save.error && <ProblemNote error={save.error} />}
          {may && (
            <div className={stack.row}>
              <Button type="submit" variant="default" loading={save.isPending}>
                Save
              </Button>
              {save.isSuccess && !form.isDirty() && <span role="status">Saved</span>}
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
