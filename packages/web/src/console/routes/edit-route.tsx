// Changes a route in place; a changed host has to pass its tests again.

import { getConnect } from '@gatepost/contract/connect.ts'
import { listRoutes, MORE_HOSTS_MAX, type Route, RouteTls, updateRoute } from '@gatepost/contract/route.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button, NativeSelect, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { filled, hostName, useFieldErrors } from '#shared/validation.ts'
import { LoginFields, loginBody, loginValues, useLoginChecks } from './route-login.tsx'
import { tlsWordsOf } from './route-words.ts'

export function EditRoute({ route, onClose }: { readonly route: Route; readonly onClose: () => void }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const save = useAction(updateRoute, { readAgain: [listRoutes, getConnect, getLiveness], onDone: onClose })
  const form = useForm({
    initialValues: {
      name: route.name,
      host: route.host,
      port: String(route.port),
      tls: route.tls as string,
      moreHosts: route.moreHosts,
      alternateId: route.alternateId ?? '',
      login: loginValues(route.login),
    },
    validate: {
      name: filled(t('editRoute.writeANameForTheRoute')),
      host: hostName,
      login: useLoginChecks(route.login),
    },
  })
  useFieldErrors(form, save.error)
  const { data } = useEndpoint(listRoutes, { params: { tenant } })
  const others = (data?.items ?? []).filter(({ id }) => id !== route.id)
  const submit = form.onSubmit(({ name, host, port, tls, moreHosts, alternateId, login }) =>
    save.mutate({
      params: { tenant, route: route.id },
      body: {
        name,
        host: host.trim(),
        port: Number(port),
        tls: RouteTls.parse(tls),
        moreHosts,
        alternateId: alternateId || null,
        login: loginBody(login, route.login),
      },
      revision: route.revision,
    }),
  )
  return (
    <form noValidate className={stack.stack} onSubmit={submit}>
      <div className={stack.end}>
        <TextInput label={t('editRoute.mailHost')} {...form.getInputProps('host')} />
        <TextInput label={t('editRoute.port')} inputMode="numeric" w={88} {...form.getInputProps('port')} />
      </div>
      <div className={stack.pair}>
        <TextInput label={t('editRoute.routeName')} {...form.getInputProps('name')} />
        <NativeSelect
          label={t('editRoute.tls')}
          data={RouteTls.options.map((value) => ({ value, label: tlsWordsOf(t)[value] }))}
          {...form.getInputProps('tls')}
        />
      </div>
      <TagsInput
        label={t('editRoute.furtherHosts')}
        description={t('editRoute.onTheSamePortConnections')}
        splitChars={[',', ' ', ';', '\n']}
        acceptValueOnBlur
        maxTags={MORE_HOSTS_MAX}
        {...form.getInputProps('moreHosts')}
      />
      {others.length > 0 && (
        <NativeSelect
          label={t('editRoute.alternateRoute')}
          description={t('editRoute.takenWhenNoneOfTheseHosts')}
          data={[
            { value: '', label: t('editRoute.none') },
            ...others.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          {...form.getInputProps('alternateId')}
        />
      )}
      <LoginFields form={form} kept={route.login} />
      {save.error && <ProblemNote error={save.error} />}
      <div className={stack.row}>
        <Button type="submit" loading={save.isPending}>
          {t('editRoute.saveRoute')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('editRoute.cancel')}
        </Button>
      </div>
    </form>
  )
}
