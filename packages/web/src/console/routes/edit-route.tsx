// Changes a route in place; a changed host has to pass its tests again.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listRoutes, MORE_HOSTS_MAX, type Route, RouteTls, updateRoute } from '@gatepost/contract/route.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Button, NativeSelect, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { hostName, required, useFieldErrors } from '#shared/validation.ts'
import { tlsWords } from './route-words.ts'

export function EditRoute({ route, onClose }: { readonly route: Route; readonly onClose: () => void }) {
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
    },
    validate: { name: required('a name for the route'), host: hostName },
  })
  useFieldErrors(form, save.error)
  const { data } = useEndpoint(listRoutes, { params: { tenant } })
  const others = (data?.items ?? []).filter(({ id }) => id !== route.id)
  const submit = form.onSubmit(({ name, host, port, tls, moreHosts, alternateId }) =>
    save.mutate({
      params: { tenant, route: route.id },
      body: {
        name,
        host: host.trim(),
        port: Number(port),
        tls: RouteTls.parse(tls),
        moreHosts,
        alternateId: alternateId || null,
      },
      revision: route.revision,
    }),
  )
  return (
    <form noValidate className={stack.stack} onSubmit={submit}>
      <div className={stack.end}>
        <TextInput label="Mail host" {...form.getInputProps('host')} />
        <TextInput label="Port" inputMode="numeric" w={88} {...form.getInputProps('port')} />
      </div>
      <div className={stack.pair}>
        <TextInput label="Route name" {...form.getInputProps('name')} />
        <NativeSelect
          label="TLS"
          data={RouteTls.options.map((value) => ({ value, label: tlsWords[value] }))}
          {...form.getInputProps('tls')}
        />
      </div>
      <TagsInput
        label="Further hosts"
        description="On the same port: connections are spread over all hosts of the route, and one that is down is passed by"
        splitChars={[',', ' ', ';', '\n']}
        acceptValueOnBlur
        maxTags={MORE_HOSTS_MAX}
        {...form.getInputProps('moreHosts')}
      />
      {others.length > 0 && (
        <NativeSelect
          label="Alternate route"
          description="Taken when none of these hosts can be reached"
          data={[{ value: '', label: 'None' }, ...others.map(({ id, name }) => ({ value: id, label: name }))]}
          {...form.getInputProps('alternateId')}
        />
      )}
      {save.error && <ProblemNote error={save.error} />}
      <div className={stack.row}>
        <Button type="submit" loading={save.isPending}>
          Save route
        </Button>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
