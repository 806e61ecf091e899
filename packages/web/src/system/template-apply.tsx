// Bulk change: choose organisations, see what would change in each, then carry it out.

import { getPortfolio } from '@gatepost/contract/portfolio.ts'
import {
  applyTemplate,
  type BulkOutcome,
  listTemplates,
  previewTemplate,
  type Template,
} from '@gatepost/contract/template.ts'
import { Button, MultiSelect } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMe } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'

export function TemplateApply({ template }: { readonly template: Template }) {
  const t = useWords('system')
  const me = useMe()
  const [chosen, setChosen] = useState<string[]>([])
  const preview = useAction(previewTemplate)
  const apply = useAction(applyTemplate, { readAgain: [listTemplates, getPortfolio] })
  const input = { params: { template: template.id }, body: { tenants: chosen } }
  const done = apply.data !== undefined
  const choose = (slugs: string[]) => {
    setChosen(slugs)
    preview.reset()
    apply.reset()
  }
  return (
    <div className={stack.stack}>
      <MultiSelect
        label={t('organizations.organisations')}
        placeholder={chosen.length === 0 ? t('system.choose') : ''}
        searchable
        data={(me?.tenants ?? []).map(({ slug, name }) => ({ value: slug, label: name }))}
        value={chosen}
        onChange={choose}
      />
      {Boolean(preview.error ?? apply.error) && <ProblemNote error={preview.error ?? apply.error} focus />}
      {preview.data && !done && <Outcomes items={preview.data.items} tense="would" />}
      {apply.data && <Outcomes items={apply.data.items} tense="did" />}
      <div className={stack.row}>
        <Button
          variant="default"
          disabled={chosen.length === 0}
          loading={preview.isPending}
          onClick={() => preview.mutate(input)}
        >
          {t('templateApply.showWhatChanges')}
        </Button>
        {preview.data && !done && (
          <Button loading={apply.isPending} onClick={() => apply.mutate(input)}>
            {t('templateApply.applyToOrganisations', { count: chosen.length })}
          </Button>
        )}
      </div>
    </div>
  )
}

type OutcomesProps = { readonly items: readonly BulkOutcome[]; readonly tense: 'would' | 'did' }

function Outcomes({ items, tense }: OutcomesProps) {
  const t = useWords('system')
  const changes = items.reduce((sum, item) => sum + item.changes.length, 0)
  const refused = items.some((item) => item.refused !== null)
  const title =
    tense === 'would'
      ? t('templateApply.settingsWouldChange', { count: changes })
      : t('templateApply.settingsChanged', { count: changes })
  return (
    <Note tone={refused ? 'warn' : tense === 'did' ? 'ok' : 'info'} role="status" title={title}>
      <ul className="plain">
        {items.map((item) => (
          <li key={item.tenant}>
            <strong>{item.name}</strong>:{' '}
            {item.changes.length === 0 &&
              item.refused === null &&
              t('templateApply.nothingItIsAsTheTemplate')}
            {item.changes
              .map(({ title: section, here, template }) =>
                t('templateApply.fromTo', { section, here, template }),
              )
              .join('; ')}
            {item.refused !== null && ` ${item.refused}`}
          </li>
        ))}
      </ul>
    </Note>
  )
}
