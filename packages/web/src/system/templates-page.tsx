// Templates: what several organisations are given, made of one that is as it should be, and applied after a
// look.
import {
  copyTemplate,
  createTemplate,
  listTemplates,
  removeTemplate,
  type Template,
  type TemplateSettings,
  updateTemplate,
} from '@gatepost/contract/template.ts'
import { Button, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconTemplate } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '#api/call.ts'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useMe } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { plural } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import { TemplateApply } from './template-apply.tsx'
import { TemplateSettingsForm } from './template-settings.tsx'

export function TemplatesPage() {
  const may = useMay('system:write')
  const { data, error } = useEndpoint(listTemplates, {})
  return (
    <Page
      title="Templates"
      lead="Defaults for several organisations. What a template does not name stays each organisation’s own."
    >
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && data.items.length === 0 && (
        <Panel title="Templates" flush>
          <EmptyState title="No template yet" icon={IconTemplate}>
            <p>
              Set one organisation up as you want them all, and make a template of it below. New organisations
              begin with it; the others follow when you apply it.
            </p>
          </EmptyState>
        </Panel>
      )}
      {data?.items.map((template) => (
        <TemplatePanel key={`${template.id} ${template.revision}`} template={template} may={may} />
      ))}
      {may && <NewTemplate />}
    </Page>
  )
}

function TemplatePanel({ template, may }: { readonly template: Template; readonly may: boolean }) {
  const confirm = useConfirm()
  const [open, setOpen] = useState<'settings' | 'apply' | null>(null)
  const [settings, setSettings] = useState<TemplateSettings>(template.settings)
  const save = useAction(updateTemplate, { readAgain: [listTemplates], onDone: () => setOpen(null) })
  const remove = useAction(removeTemplate, {
    readAgain: [listTemplates],
    said: () => ({ text: 'The template is removed.' }),
  })
  const end = async () => {
    const agreed = await confirm({
      title: `${plural(template.followers, 'organisation')} will follow no template`,
      body: 'Each keeps the settings it has. Nothing changes for mail.',
      act: 'Remove template',
    })
    if (agreed) remove.mutate({ params: { template: template.id } })
  }
  return (
    <Panel
      title={template.name}
      side={plural(template.followers, 'organisation follows', 'organisations follow')}
      actions={
        may && (
          <div className={stack.row}>
            <Button variant="default" onClick={() => setOpen(open === 'settings' ? null : 'settings')}>
              Change
            </Button>
            <Button variant="default" onClick={() => setOpen(open === 'apply' ? null : 'apply')}>
              Apply
            </Button>
            <Button variant="default" aria-label={`Remove ${template.name}`} onClick={end}>
              Remove
            </Button>
          </div>
        )
      }
    >
      <div className={stack.stack}>
        <p className="tx2">
          Changed <RelativeTime at={template.updatedAt} />, made by {template.createdBy}.
        </p>
        {Boolean(save.error ?? remove.error) && <ProblemNote error={save.error ?? remove.error} focus />}
        <TemplateSettingsForm
          value={settings}
          onChange={open === 'settings' ? setSettings : undefined}
          name={template.name}
        />
        {open === 'settings' && (
          <div className={stack.row}>
            <Button
              loading={save.isPending}
              onClick={() =>
                save.mutate({
                  params: { template: template.id },
                  body: { name: template.name, settings },
                  revision: template.revision,
                })
              }
            >
              Save template
            </Button>
            <Button
              variant="default"
              onClick={() => {
                setSettings(template.settings)
                setOpen(null)
              }}
            >
              Discard changes
            </Button>
          </div>
        )}
        {open === 'apply' && <TemplateApply template={template} />}
      </div>
    </Panel>
  )
}

function NewTemplate() {
  const me = useMe()
  const create = useAction(createTemplate, { readAgain: [listTemplates], onDone: () => form.reset() })
  const [failed, setFailed] = useState<unknown>(null)
  const form = useForm({
    initialValues: { name: '', from: '' },
    validate: { name: filled('Write a name'), from: filled('Write an organisation') },
  })
  useFieldErrors(form, create.error)
  const submit = async ({ name, from }: typeof form.values) => {
    setFailed(null)
    try {
      const settings = await call(copyTemplate, { params: { tenant: from }, body: {} })
      create.mutate({ body: { name, settings } })
    } catch (error) {
      setFailed(error)
    }
  }
  return (
    <Panel title="New template" flush>
      <PanelBody>
        <form noValidate className={stack.form} onSubmit={form.onSubmit(submit, focusFirstWrong)}>
          <TextInput label="Name" maxLength={80} {...form.getInputProps('name')} />
          <Select
            label="As this organisation is now"
            placeholder="Choose"
            searchable
            data={(me?.tenants ?? []).map(({ slug, name }) => ({ value: slug, label: name }))}
            {...form.getInputProps('from')}
          />
          <p className="small tx2">
            Policies that name domains, groups or people stay behind: they mean nothing elsewhere.
          </p>
          {Boolean(create.error ?? failed) && <ProblemNote error={create.error ?? failed} focus />}
          <div>
            <Button type="submit" loading={create.isPending}>
              Make template
            </Button>
          </div>
        </form>
      </PanelBody>
    </Panel>
  )
}
