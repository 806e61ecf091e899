// What new passwords must be, and when wrong ones make somebody wait.

import { defaultPasswordRules, type PasswordRules } from '@gatepost/contract/password.ts'
import {
  getSignInSettings,
  type SignInSettings,
  updatePasswordRules,
} from '@gatepost/contract/sign-in-settings.ts'
import { Button, NumberInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import account from '#account/account.module.css'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { FormSection } from '#shared/form-section.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import classes from './sign-in.module.css'

type Props = { readonly settings: SignInSettings; readonly may: boolean }

export function PasswordRulesForm({ settings, may }: Props) {
  const t = useWords('signin')
  const tenant = useSlug()
  const save = useAction(updatePasswordRules, { readAgain: [getSignInSettings] })
  const form = useForm<PasswordRules>({ initialValues: settings.rules })
  useFieldErrors(form, save.error)
  const isDefault = JSON.stringify(form.values) === JSON.stringify(defaultPasswordRules)
  return (
    <Panel title={t('rules.title')} flush>
      <form
        noValidate
        onSubmit={form.onSubmit(
          (body) => save.mutate({ params: { tenant }, body, revision: settings.revision }),
          focusFirstWrong,
        )}
      >
        <fieldset disabled={!may} style={{ border: 0, margin: 0, padding: 0 }}>
          <legend className="hidden-visually">{t('rules.title')}</legend>
          {(save.error || save.isSuccess) && (
            <PanelBody>
              {save.error && <ProblemNote error={save.error} focus />}
              {save.isSuccess && (
                <Note tone="ok" title={t('saved')} role="status">
                  <p>{t('rules.stay')}</p>
                </Note>
              )}
            </PanelBody>
          )}
          <FormSection title={t('rules.new')} line={t('rules.newMeans')}>
            <NumberInput
              className={classes.number}
              label={t('rules.length')}
              min={8}
              max={64}
              {...form.getInputProps('minLength')}
            />
            <NumberInput
              className={classes.number}
              label={t('rules.kinds')}
              description={t('rules.kindsMeans')}
              min={1}
              max={4}
              {...form.getInputProps('classes')}
            />
            <NumberInput
              className={classes.number}
              label={t('rules.former')}
              min={0}
              max={24}
              {...form.getInputProps('history')}
            />
            <NumberInput
              className={classes.number}
              label={t('rules.days')}
              description={t('rules.daysMeans')}
              min={0}
              max={1_000}
              {...form.getInputProps('expiryDays')}
            />
          </FormSection>
          <FormSection title={t('rules.wrong')} line={t('rules.wrongMeans')}>
            <NumberInput
              className={classes.number}
              label={t('rules.until')}
              min={3}
              max={50}
              {...form.getInputProps('lockoutAttempts')}
            />
            <NumberInput
              className={classes.number}
              label={t('rules.minutes')}
              min={1}
              max={1_440}
              {...form.getInputProps('lockoutMinutes')}
            />
          </FormSection>
          {may && (
            <PanelFoot>
              <div className={account.actions}>
                <Button type="submit" loading={save.isPending}>
                  {t('rules.save')}
                </Button>
                {!isDefault && (
                  <Button variant="default" onClick={() => form.setValues(defaultPasswordRules)}>
                    {t('rules.defaults')}
                  </Button>
                )}
              </div>
            </PanelFoot>
          )}
        </fieldset>
      </form>
    </Panel>
  )
}
