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
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import { TemplateApply } from './template-apply.tsx'
import { TemplateSettingsForm } from './template-settings.tsx'

export function TemplatesPage() {
  const t = useWords('system')
  const may = useMay('system:write')
  const { data, error } = useEndpoint(listTemplates, {})
  return (
    <Page title={t('templates.templates')} lead={t('templates.defaultsForSeveral')}>
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && data.items.length === 0 && (
        <Panel title={t('templates.templates')} flush>
          <EmptyState title={t('templates.noTemplateYet')} icon={IconTemplate}>
            <p>{t('templates.setOneOrganisationUpAsYou')}</p>
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
  const t = useWords('system')
  const confirm = useConfirm()
  const [open, setOpen] = useState<'settings' | 'apply' | null>(null)
  const [settings, setSettings] = useState<TemplateSettings>(template.settings)
  const save = useAction(updateTemplate, { readAgain: [listTemplates], onDone: () => setOpen(null) })
  const remove = useAction(removeTemplate, {
    readAgain: [listTemplates],
    said: () => ({ text: t('templates.theTemplateIsRemoved') }),
  })
  const end = async () => {
    const agreed = await confirm({
      title: t('templates.organisationsWillFollowNo', { count: template.followers }),
      body: t('templates.eachKeepsTheSettingsItHas'),
      act: t('templates.removeTemplate'),
    })
    if (agreed) remove.mutate({ params: { template: template.id } })
  }
  return (
    <Panel
      title={template.name}
      side={t('templates.organisationsFollow', { count: template.followers })}
      actions={
        may && (
          <div className={stack.row}>
            <Button variant="default" onClick={() => setOpen(open === 'settings' ? null : 'settings')}>
              {t('system.change')}
            </Button>
            <Button variant="default" onClick={() => setOpen(open === 'apply' ? null : 'apply')}>
              {t('templates.apply')}
            </Button>
            <Button
              variant="default"
              aria-label={t('templates.remove', { name: template.name })}
              onClick={end}
            >
              {t('system.remove')}
            </Button>
          </div>
        )
      }
    >
      <div className={stack.stack}>
        <p className="tx2">
          {rich(t, 'templates.changedMadeBy', {
            time: <RelativeTime at={template.updatedAt} />,
            createdBy: template.createdBy,
          })}
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
              {t('templates.saveTemplate')}
            </Button>
            <Button
              variant="default"
              onClick={() => {
                setSettings(template.settings)
                setOpen(null)
              }}
            >
              {t('templates.discardChanges')}
            </Button>
          </div>
        )}
        {open === 'apply' && <TemplateApply template={template} />}
      </div>
    </Panel>
  )
}

function NewTemplate() {
  const t = useWords('system')
  const me = useMe()
  const create = useAction(createTemplate, { readAgain: [listTemplates], onDone: () => form.reset() })
  const [failed, setFailed] = useState<unknown>(null)
  const form = useForm({
    initialValues: { name: '', from: '' },
    validate: { name: filled(t('templates.writeAName')), from: filled(t('templates.writeAnOrganisation')) },
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
    <Panel title={t('templates.newTemplate')} flush>
      <PanelBody>
        <form noValidate className={stack.form} onSubmit={form.onSubmit(submit, focusFirstWrong)}>
          <TextInput label={t('system.name')} maxLength={80} {...form.getInputProps('name')} />
          <Select
            label={t('templates.asThisOrganisationIsNow')}
            placeholder={t('system.choose')}
            searchable
            data={(me?.tenants ?? []).map(({ slug, name }) => ({ value: slug, label: name }))}
            {...form.getInputProps('from')}
          />
          <p className="small tx2">{t('templates.policiesThatNameDomains')}</p>
          {Boolean(create.error ?? failed) && <ProblemNote error={create.error ?? failed} focus />}
          <div>
            <Button type="submit" loading={create.isPending}>
              {t('templates.makeTemplate')}
            </Button>
          </div>
        </form>
      </PanelBody>
    </Panel>
  )
}
