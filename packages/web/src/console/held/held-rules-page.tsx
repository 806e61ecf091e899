// What users may do with their own held mail, by class, and which releases take two people.

import { getHeldSettings, type HeldSettings, setHeldSettings } from '@gatepost/contract/held.ts'
import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { usePhone } from '#shared/screen.ts'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import table from '#shared/table.module.css'
import { classWord } from './held-words.ts'

const rightsOf = (t: Words) => [
  { value: 'release', label: t('heldRules.mayReleaseIt') },
  { value: 'request', label: t('heldRules.mayAskForIt') },
  { value: 'never', label: t('heldRules.onlySeesIt') },
]

export function HeldRulesPage() {
  const t = useWords('held')
  const tenant = useSlug()
  const { data, error } = useEndpoint(getHeldSettings, { params: { tenant } })
  return (
    <Page
      title={t('held.rules')}
      crumbs={[{ label: t('held.heldMail'), link: <HeldLink /> }]}
      lead={t('heldRules.whatUsersMayDoWithMailThat')}
    >
      {error && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows rows={6} />}
      {data && <Form key={data.revision} settings={data} />}
    </Page>
  )
}

function HeldLink() {
  const t = useWords('held')
  const slug = useSlug()
  return (
    <Link to="/t/$slug/held" params={{ slug }}>
      {t('held.heldMail')}
    </Link>
  )
}

function Form({ settings }: { readonly settings: HeldSettings }) {
  const t = useWords('held')
  const tenant = useSlug()
  const may = useMay('policies:write')
  const [rules, setRules] = useState(settings.classes)
  const [notifyAtOnce, setNotify] = useState(settings.notifyAtOnce)
  const save = useAction(setHeldSettings, { readAgain: [getHeldSettings] })
  const change = (name: string, part: Partial<Rule>) =>
    setRules((all) => all.map((rule) => (rule.class === name ? { ...rule, ...part } : rule)))
  return (
    <form
      className={stack.stack}
      onSubmit={(event) => {
        event.preventDefault()
        const classes = rules.map(({ class: name, user, needsTwo }) => ({ class: name, user, needsTwo }))
        save.mutate({ params: { tenant }, body: { classes, notifyAtOnce }, revision: settings.revision })
      }}
    >
      <Panel title={t('heldRules.byWhatHoldsIt')} flush>
        <Rules rules={rules} may={may} onChange={change} />
      </Panel>
      <Checkbox
        disabled={!may}
        checked={notifyAtOnce}
        onChange={(event) => setNotify(event.currentTarget.checked)}
        label={t('heldRules.tellUsersWithinMinutesWhen')}
        description={t('heldRules.besidesTheDigestAtMostOne')}
      />
      {save.error && <ProblemNote error={save.error} focus />}
      {save.isSuccess && <Note tone="ok" title={t('held.saved')} role="status" />}
      {may ? (
        <div className={stack.row}>
          <Button type="submit" loading={save.isPending}>
            {t('held.save')}
          </Button>
        </div>
      ) : (
        <p className="small tx2">{t('heldRules.yourRoleLetsYouLookAtThese')}</p>
      )}
    </form>
  )
}

type Rule = HeldSettings['classes'][number]

type RuleProps = {
  readonly may: boolean
  readonly onChange: (name: string, part: Partial<Rule>) => void
}

/** A table, and a card a class on a phone, where three columns have no room for their words. */
function Rules({ rules, ...props }: RuleProps & { readonly rules: readonly Rule[] }) {
  const t = useWords('held')
  const phone = usePhone()
  if (phone) {
    return (
      <ul className={table.cards}>
        {rules.map((rule) => (
          <li key={rule.class} className={table.card}>
            <span className="strong">{classWord(t, rule.class, rule.name)}</span>
            <UserRight rule={rule} {...props} />
            <TwoPeople rule={rule} {...props} />
          </li>
        ))}
      </ul>
    )
  }
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t('heldRules.heldBy')}</th>
          <th scope="col">{t('heldRules.itsUser')}</th>
          <th scope="col">{t('heldRules.administrators')}</th>
        </tr>
      </thead>
      <tbody>
        {rules.map((rule) => (
          <tr key={rule.class}>
            <th scope="row">{classWord(t, rule.class, rule.name)}</th>
            <td>
              <UserRight rule={rule} {...props} />
            </td>
            <td>
              <TwoPeople rule={rule} {...props} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function UserRight({ rule, may, onChange }: RuleProps & { readonly rule: Rule }) {
  const t = useWords('held')
  return (
    <NativeSelect
      aria-label={t('heldRules.itsUser2', { label: classWord(t, rule.class, rule.name) })}
      disabled={!may}
      value={rule.user}
      onChange={(event) => onChange(rule.class, { user: event.currentTarget.value as never })}
      data={rightsOf(t)}
    />
  )
}

function TwoPeople({ rule, may, onChange }: RuleProps & { readonly rule: Rule }) {
  const t = useWords('held')
  const label = classWord(t, rule.class, rule.name)
  return (
    <Checkbox
      disabled={!may}
      checked={rule.needsTwo}
      onChange={(event) => onChange(rule.class, { needsTwo: event.currentTarget.checked })}
      label={
        <>
          {t('heldRules.twoPeople')}
          <span className="hidden-visually">{t('heldRules.for', { label })}</span>
        </>
      }
    />
  )
}
