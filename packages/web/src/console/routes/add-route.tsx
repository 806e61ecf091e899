// Adds the mail host that accepted mail is delivered to.

import { getConnect } from '@gatepost/contract/connect.ts'
import { addRoute, listRoutes, RouteTls } from '@gatepost/contract/route.ts'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { filled, hostName, useFieldErrors } from '#shared/validation.ts'
import { LoginFields, loginBody, loginValues, useLoginChecks } from './route-login.tsx'
import { tlsWordsOf } from './route-words.ts'

const tlsChoicesOf = (t: Words) => RouteTls.options.map((value) => ({ value, label: tlsWordsOf(t)[value] }))
const choicesOf = (t: Words) => [
  { value: 'inbound', label: t('addRoute.inboundMail') },
  { value: 'outbound', label: t('addRoute.outboundMailAsSmartHost') },
  { value: 'none', label: t('addRoute.onlyDomainsThatChooseIt') },
]

export function AddRoute({ first }: { readonly first: boolean }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const add = useAction(addRoute, { readAgain: [listRoutes, getConnect], onDone: () => form.reset() })
  const form = useForm({
    initialValues: {
      name: t('addRoute.mailHost'),
      host: '',
      port: '25',
      tls: 'opportunistic',
      use: first ? 'inbound' : 'none',
      login: loginValues(null),
    },
    validate: {
      name: filled(t('addRoute.writeANameForTheRoute')),
      host: hostName,
      port: (value) =>
        /^\d+$/.test(value) && Number(value) <= 65_535 && Number(value) > 0 ? null : t('addRoute.1To65535'),
      login: useLoginChecks(null),
    },
  })
  useFieldErrors(form, add.error)
  const submit = form.onSubmit(({ name, host, port, tls, use, login }) =>
    add.mutate({
      params: { tenant },
      body: {
        name,
        host: host.trim(),
        port: Number(port),
        tls: RouteTls.parse(tls),
        login: loginBody(login, null),
        defaultFor: use === 'inbound' || use === 'outbound' ? use : null,
      },
    }),
  )
  return (
    <Panel title={first ? t('addRoute.whereShouldMailBeDelivered') : t('addRoute.addAnotherDeliveryRoute')}>
      <form noValidate className={stack.stack} onSubmit={submit}>
        <div className={stack.end}>
          <TextInput
            label={t('addRoute.mailHost')}
            placeholder="mail.acme.example"
            autoCapitalize="off"
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('host')}
          />
          <TextInput label={t('addRoute.port')} inputMode="numeric" w={88} {...form.getInputProps('port')} />
        </div>
        <div className={stack.pair}>
          <TextInput label={t('addRoute.routeName')} {...form.getInputProps('name')} />
          <NativeSelect label={t('addRoute.tls')} data={tlsChoicesOf(t)} {...form.getInputProps('tls')} />
        </div>
        <NativeSelect label={t('addRoute.usedFor')} data={choicesOf(t)} {...form.getInputProps('use')} />
        <LoginFields form={form} kept={null} />
        {add.error && <ProblemNote error={add.error} />}
        <div>
          <Button type="submit" variant={first ? 'filled' : 'default'} loading={add.isPending}>
            {t('addRoute.addDeliveryRoute')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
