// The three answers on one page: you, the organisation, and its environment as proposed from DNS.
import { completeSetup } from '@gatepost/contract/setup.ts'
import { Button } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import panel from '#shared/panel.module.css'
import { PanelBody, PanelFoot } from '#shared/panel.tsx'
import { focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import classes from './entry.module.css'
import { Evidence } from './evidence.tsx'
import { EnvironmentSection, OrganizationSection, YouSection } from './setup-sections.tsx'
import { type SetupValues, useSetupForm } from './setup-values.ts'
import { useProposal } from './use-proposal.ts'

export function SetupForm({ token }: { readonly token: string }) {
  const words = useWords('entry')
  const navigate = useNavigate()
  const form = useSetupForm()
  const create = useAction(completeSetup, {
    onDone: ({ slug }, client) => {
      client.clear()
      void navigate({ to: '/t/$slug/connect', params: { slug } })
    },
  })
  useFieldErrors(form, create.error)
  const { primaryDomain } = form.values.organization
  const proposal = useProposal(token, primaryDomain)
  const proposed = proposal.data?.environment ?? null
  // A new proposal fills the choice only while the reader has made none.
  useEffect(() => {
    if (proposed !== null && !form.isTouched('organization.environment')) {
      form.setFieldValue('organization.environment', proposed)
    }
  }, [proposed])
  const send = ({ administrator, organization: { environment, ...rest } }: SetupValues) => {
    if (environment === null) return
    create.mutate({ body: { token, administrator, organization: { ...rest, environment } } })
  }
  return (
    <div className={classes.columns}>
      <form
        noValidate
        onSubmit={form.onSubmit(send, focusFirstWrong)}
        className={panel.panel}
        aria-label={words('setUp')}
      >
        <YouSection form={form} />
        <OrganizationSection form={form} />
        <EnvironmentSection form={form} proposed={proposed} />
        {create.error && (
          <PanelBody>
            <ProblemNote error={create.error} focus />
          </PanelBody>
        )}
        <PanelFoot>
          <span>{primaryDomain && words('nextValidate', { domain: primaryDomain })}</span>
          <Button
            type="submit"
            loading={create.isPending}
            rightSection={<IconArrowRight size={16} aria-hidden />}
          >
            {words('create')}
          </Button>
        </PanelFoot>
      </form>
      <Evidence proposal={proposal} domain={primaryDomain} />
    </div>
  )
}
