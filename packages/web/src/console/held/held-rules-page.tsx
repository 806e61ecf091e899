// What users may do with their own held mail, by class, and which releases take two people.
import { getHeldSettings, type HeldSettings, setHeldSettings } from '@gatepost/contract/held.ts'
import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import table from '#shared/table.module.css'

const RIGHTS = [
  { value: 'release', label: 'may release it' },
  { value: 'request', label: 'may ask for it' },
  { value: 'never', label: 'only sees it' },
]

export function HeldRulesPage() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(getHeldSettings, { params: { tenant } })
  return (
    <Page
      title="Rules of release"
      crumbs={[{ label: 'Held mail', link: <HeldLink /> }]}
      lead="What users may do with mail that is held for them, and what takes two administrators."
    >
      {error && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows rows={6} />}
      {data && <Form key={data.revision} settings={data} />}
    </Page>
  )
}

function HeldLink() {
  const slug = useSlug()
  return (
    <Link to="/t/$slug/held" params={{ slug }}>
      Held mail
    </Link>
  )
}

function Form({ settings }: { readonly settings: HeldSettings }) {
  const tenant = useSlug()
  const may = useMay('policies:write')
  const [rules, setRules] = useState(settings.classes)
  const [notifyAtOnce, setNotify] = useState(settings.notifyAtOnce)
  const save = useAction(setHeldSettings, { readAgain: [getHeldSettings] })
  const change = (name: string, part: Partial<HeldSettings['classes'][number]>) =>
    setRules((all) => all.map((rule) => (rule.class === name ? { ...rule, ...part } : rule)))
  return (
    <form
      className={stack.stack}
      onSubmit={(event) => {
        event.preventDefault()
        const classes = rules.map(({ class: name, user, needsTwo }) => ({ class: name, user, needsTwo }))
        save.mutate({ params: { tenant }, body: { classes, notifyAtOnce } })
      }}
    >
      <Panel title="By what holds it" flush>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Held by</th>
              <th scope="col">Its user</th>
              <th scope="col">Administrators</th>
            </tr>
          </thead>
          <tbody>
            {rules.map(({ class: name, name: label, user, needsTwo }) => (
              <tr key={name}>
                <th scope="row">{label}</th>
                <td>
                  <NativeSelect
                    aria-label={`${label}: its user`}
                    disabled={!may}
                    value={user}
                    onChange={(event) => change(name, { user: event.currentTarget.value as never })}
                    data={RIGHTS}
                  />
                </td>
                <td>
                  <Checkbox
                    disabled={!may}
                    checked={needsTwo}
                    onChange={(event) => change(name, { needsTwo: event.currentTarget.checked })}
                    label={
                      <>
                        Two people<span className="hidden-visually"> for {label}</span>
                      </>
                    }
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
      <Checkbox
        disabled={!may}
        checked={notifyAtOnce}
        onChange={(event) => setNotify(event.currentTarget.checked)}
        label="Tell users within minutes when something is held for them"
        description="Besides the digest; at most one mail in ten minutes."
      />
      {save.error && <ProblemNote error={save.error} focus />}
      {save.isSuccess && <Note tone="ok" title="Saved" role="status" />}
      {may ? (
        <div className={stack.row}>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </div>
      ) : (
        <p className="small tx2">Your role lets you look at these rules, not change them.</p>
      )}
    </form>
  )
}
