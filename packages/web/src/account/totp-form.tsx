// Adds a code generator: a QR code to scan, the key to type where there is no camera, and the first code.

import { confirmTotp, type FactorAdded, startTotp } from '@gatepost/contract/account.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useEffect } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { filled, focusFirstWrong } from '#shared/validation.ts'
import classes from './account.module.css'
import { QrCode } from './qr-code.tsx'

type Props = {
  readonly onDone: (added: FactorAdded) => void
  readonly onCancel?: () => void
}

export function TotpForm({ onDone, onCancel }: Props) {
  const words = useWords('account')
  const start = useAction(startTotp)
  const confirm = useAction(confirmTotp, { onDone })
  const form = useForm({ initialValues: { code: '' }, validate: { code: filled(words('write.digits')) } })
  useEffect(() => start.mutate({ body: {} }), [])
  if (start.error) return <ProblemNote error={start.error} />
  if (!start.data) return <SkeletonRows />
  const { id, key, uri } = start.data
  return (
    <div className={classes.enrol}>
      <QrCode value={uri} label={words('qr')} />
      <form
        noValidate
        className={classes.narrow}
        onSubmit={form.onSubmit(
          ({ code }) => confirm.mutate({ params: { factor: id }, body: { code } }),
          focusFirstWrong,
        )}
      >
        <p>
          {rich(words, 'scan', {
            key: (
              <span className="mono" translate="no">
                {key.replace(/(.{4})/g, '$1 ').trim()}
              </span>
            ),
          })}{' '}
          <CopyButton value={key} label={words('copyKey')} />
        </p>
        {confirm.error && <ProblemNote error={confirm.error} focus />}
        <TextInput
          label={words('appCode')}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={12}
          {...form.getInputProps('code')}
        />
        <div className={classes.actions}>
          <Button type="submit" loading={confirm.isPending}>
            {words('addThisApp')}
          </Button>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {words('cancel')}
            </Button>
          )}
        </div>
      </form>
    </div>
  )
}
