// Adds the mail host that accepted mail is delivered to.
import { getConnect } from '@gatepost/contract/connect.ts'
import { addRoute, listRoutes, RouteTls } from '@gatepost/contract/route.ts'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { hostName, required, useFieldErrors } from '#shared/validation.ts'
import { tlsWords } from './route-words.ts'

const tlsChoices = RouteTls.options.map((value) => ({ value, label: tlsWords[value] }))
const useChoices = [
  { value: 'inbound', label: 'Inbound mail' },
  { value: 'outbound', label: 'Outbound mail, as smart host' },
  { value: 'none', label: 'Only domains that choose it' },
]

export function AddRoute({ first }: { readonly first: boolean }) {
  const tenant = useSlug()
  const add = useAction(addRoute, { readAgain: [listRoutes, getConnect], onDone: () => form.reset() })
  const form = useForm({
    initialValues: {
      name: 'Mail host',
      host: '',
      port: '25',
      tls: 'opportunistic',
      use: first ? 'inbound' : 'none',
    },
    validate: {
      name: required('a name for the route'),
      host: hostName,
      port: (value) =>
        /^\d+$/.test(value) && Number(value) <= 65_535 && Number(value) > 0 ? null : '1 to 65535',
    },
  })
  useFieldErrors(form, add.error)
  const submit = form.onSubmit(({ name, host, port, tls, use }) =>
    add.mutate({
      params: { tenant },
      body: {
        name,
        host: host.trim(),
        port: Number(port),
        tls: RouteTls.parse(tls),
        defaultFor: use === 'inbound' || use === 'outbound' ? use : null,
      },
    }),
  )
  return (
    <Panel title={first ? 'Where should mail be delivered?' : 'Add another delivery route'}>
      <form noValidate className={stack.stack} onSubmit={submit}>
        <div className={stack.end}>
          <TextInput
            label="Mail host"
            placeholder="mail.acme.example"
            autoCapitalize="off"
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('host')}
          />
          <TextInput label="Port" inputMode="numeric" w={88} {...form.getInputProps('port')} />
        </div>
        <div className={stack.pair}>
          <TextInput label="Route name" {...form.getInputProps('name')} />
          <NativeSelect label="TLS" data={tlsChoices} {...form.getInputProps('tls')} />
        </div>
        <NativeSelect label="Used for" data={useChoices} {...form.getInputProps('use')} />
        {add.error && <ProblemNote error={add.error} />}
        <div>
          <Button type="submit" variant={first ? 'filled' : 'default'} loading={add.isPending}>
            Add delivery route
          </Button>
        </div>
      </form>
    </Panel>
  )
}
