// Holds: whose data must not be erased, and why.

import { addHold, getRetention, type RetentionView, removeHold } from '@gatepost/contract/retention.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { address, filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import classes from './retention.module.css'

export function HoldsPanel({ holds }: { readonly holds: RetentionView['holds'] }) {
  const t = useWords('retention')
  const tenant = useSlug()
  const may = useMay('retention:write')
  const end = useAction(removeHold, {
    readAgain: [getRetention],
    said: () => ({ text: t('hold.ended') }),
  })
  return (
    <Panel title={t('hold.title')}>
      <div className={stack.stack}>
        <p className="tx2">{t('hold.means')}</p>
        {end.error && <ProblemNote error={end.error} focus />}
        {holds.length > 0 && (
          <ul className={`${stack.plain} ${stack.tight}`}>
            {holds.map((hold) => (
              <li key={hold.id} className={classes.hold}>
                <span>
                  <span className="strong">{hold.address}</span>: {hold.reason}
                  <span className="small tx2">
                    {' '}
                    {t('hold.by', { name: hold.createdBy, day: date(hold.createdAt) })}
                  </span>
                </span>
                {may && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t('hold.endOne', { address: hold.address })}
                    onClick={() => end.mutate({ params: { tenant, hold: hold.id } })}
                  >
                    {t('hold.end')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {may && <AddHold />}
      </div>
    </Panel>
  )
}

function AddHold() {
  const t = useWords('retention')
  const tenant = useSlug()
  const add = useAction(addHold, { readAgain: [getRetention], onDone: () => form.reset() })
  const form = useForm({
    initialValues: { address: '', reason: '' },
    validate: { address, reason: filled(t('hold.write')) },
  })
  useFieldErrors(form, add.error)
  return (
    <form
      noValidate
      className={stack.stack}
      onSubmit={form.onSubmit((body) => add.mutate({ params: { tenant }, body }), focusFirstWrong)}
    >
      <div className={stack.pair}>
        <TextInput label={t('hold.on')} autoComplete="off" {...form.getInputProps('address')} />
        <TextInput
          label={t('hold.reason')}
          maxLength={300}
          autoComplete="off"
          {...form.getInputProps('reason')}
        />
      </div>
      {add.error && <ProblemNote error={add.error} />}
      <div>
        <Button type="submit" variant="default" loading={add.isPending}>
          {t('hold.add')}
        </Button>
      </div>
    </form>
  )
}
