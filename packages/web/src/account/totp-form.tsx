// Adds a code generator: a QR code to scan, the key to type where there is no camera, and the first code.
import { confirmTotp, type FactorAdded, startTotp } from '@gatepost/contract/account.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useEffect } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { focusFirstWrong, required } from '#shared/validation.ts'
import classes from './account.module.css'
import { QrCode } from './qr-code.tsx'

type Props = {
  readonly onDone: (added: FactorAdded) => void
  readonly onCancel?: () => void
}

export function TotpForm({ onDone, onCancel }: Props) {
  const start = useAction(startTotp)
  const confirm = useAction(confirmTotp, { onDone })
  const form = useForm({ initialValues: { code: '' }, validate: { code: required('the six digits') } })
  useEffect(() => start.mutate({ body: {} }), [])
  if (start.error) return <ProblemNote error={start.error} />
  if (!start.data) return <SkeletonRows />
  const { id, key, uri } = start.data
  return (
    <div className={classes.enrol}>
      <QrCode value={uri} label="QR code for the app" />
      <form
        noValidate
        className={classes.narrow}
        onSubmit={form.onSubmit(
          ({ code }) => confirm.mutate({ params: { factor: id }, body: { code } }),
          focusFirstWrong,
        )}
      >
        <p>
          Scan the code with an authenticator app, or type this key there:{' '}
          <span className="mono" translate="no">
            {key.replace(/(.{4})/g, '$1 ').trim()}
          </span>{' '}
          <CopyButton value={key} label="Copy key" />
        </p>
        {confirm.error && <ProblemNote error={confirm.error} focus />}
        <TextInput
          label="Code of the app"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={12}
          {...form.getInputProps('code')}
        />
        <div className={classes.actions}>
          <Button type="submit" loading={confirm.isPending}>
            Add this app
          </Button>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
        </div>
      </form>
    </div>
  )
}
