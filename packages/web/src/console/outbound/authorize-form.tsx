// Authorises one address; offers the browser's own, which often is that of the mail host too.
import { getConnect } from '@gatepost/contract/connect.ts'
import { authorizeOutbound, getOutbound, whatIsMyAddress } from '@gatepost/contract/route.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { ipAddress, useFieldErrors } from '#shared/validation.ts'
import { LiveLine } from '../live-line.tsx'
import classes from './outbound.module.css'

export function AuthorizeForm() {
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
          label="IP address"
          description="The public address your mail host sends from."
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('address')}
        />
        <TextInput
          label="Comment"
          description="Which host it is. May stay empty."
          {...form.getInputProps('comment')}
        />
      </div>
      <MyAddress onUse={(address) => form.setFieldValue('address', address)} />
      {add.error && <ProblemNote error={add.error} />}
      <div className={stack.row}>
        <Button type="submit" loading={add.isPending}>
          Authorise address
        </Button>
        {add.isSuccess && <LiveLine />}
      </div>
    </form>
  )
}

function MyAddress({ onUse }: { readonly onUse: (address: string) => void }) {
  const { data } = useEndpoint(whatIsMyAddress, {}, { staleTime: 60_000 })
  if (!data) return null
  return (
    <p className="small tx2">
      This browser comes from <span className="mono">{data.address}</span>.{' '}
      <Button variant="subtle" size="compact-xs" onClick={() => onUse(data.address)}>
        Use my address
      </Button>
    </p>
  )
}
