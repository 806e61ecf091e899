// Authorises one address; offers the browser's own, which often is that of the mail host too.

import { getConnect } from '@gatepost/contract/connect.ts'
import { authorizeOutbound, getOutbound, whatIsMyAddress } from '@gatepost/contract/route.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { ipAddress, useFieldErrors } from '#shared/validation.ts'
import { LiveLine } from '../live-line.tsx'
import classes from './outbound.module.css'

export function AuthorizeForm() {
  const t = useWords('flow')
  const tenant = useSlug()
  const add = useAction(authorizeOutbound, {
    readAgain: [getOutbound, getConnect, getLiveness],
    onDone: () => form.reset(),
  })
  const form = useForm({ initialValues: { address: '', comment: '' }, validate: { address: ipAddress } })
  useFieldErrors(form, add.error)
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={form.onSubmit((body) => add.mutate({ params: { tenant }, body }))}
    >
      <div className={stack.pair}>
        <TextInput
          label={t('authorizeForm.ipAddress')}
          description={t('authorizeForm.thePublicAddressYourMail')}
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('address')}
        />
        <TextInput
          label={t('authorizeForm.comment')}
          description={t('authorizeForm.whichHostItIsMayStayEmpty')}
          {...form.getInputProps('comment')}
        />
      </div>
      <MyAddress onUse={(address) => form.setFieldValue('address', address)} />
      {add.error && <ProblemNote error={add.error} />}
      <div className={stack.row}>
        <Button type="submit" loading={add.isPending}>
          {t('authorizeForm.authoriseAddress')}
        </Button>
        {add.isSuccess && <LiveLine />}
      </div>
    </form>
  )
}

function MyAddress({ onUse }: { readonly onUse: (address: string) => void }) {
  const t = useWords('flow')
  const { data } = useEndpoint(whatIsMyAddress, {}, { staleTime: 60_000 })
  if (!data) return null
  return (
    <p className="small tx2">
      {rich(t, 'authorizeForm.thisBrowserComesFrom', { span: <span className="mono">{data.address}</span> })}
      <Button variant="subtle" size="compact-xs" onClick={() => onUse(data.address)}>
        {t('authorizeForm.useMyAddress')}
      </Button>
    </p>
  )
}
