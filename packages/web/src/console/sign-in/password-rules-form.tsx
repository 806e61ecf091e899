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
import { FormSection } from '#shared/form-section.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { focusFirstWrong, useFieldErrors } from '#shared/validation.ts'
import classes from './sign-in.module.css'

type Props = { readonly settings: SignInSettings; readonly may: boolean }

export function PasswordRulesForm({ settings, may }: Props) {
  const tenant = useSlug()
  const save = useAction(updatePasswordRules, { readAgain: [getSignInSettings] })
  const form = useForm<PasswordRules>({ initialValues: settings.rules })
  useFieldErrors(form, save.error)
  const isDefault = JSON.stringify(form.values) === JSON.stringify(defaultPasswordRules)
  return (
    <Panel title="Password rules" flush>
      <form
        noValidate
        onSubmit={form.onSubmit(
          (body) => save.mutate({ params: { tenant }, body, revision: settings.revision }),
          focusFirstWrong,
        )}
      >
        <fieldset disabled={!may} style={{ border: 0, margin: 0, padding: 0 }}>
          <legend className="hidden-visually">Password rules</legend>
          {(save.error || save.isSuccess) && (
            <PanelBody>
              {save.error && <ProblemNote error={save.error} focus />}
              {save.isSuccess && (
                <Note tone="ok" title="Saved" role="status">
                  <p>Passwords that exist stay until they are changed or expire.</p>
                </Note>
              )}
            </PanelBody>
          )}
          <FormSection
            title="New passwords"
            line="Length keeps guessers out; the other rules are for who must have them."
          >
            <NumberInput
              className={classes.number}
              label="Characters at least"
              min={8}
              max={64}
              {...form.getInputProps('minLength')}
            />
            <NumberInput
              className={classes.number}
              label="Kinds of characters at least"
              description="Of upper case, lower case, digits and symbols."
              min={1}
              max={4}
              {...form.getInputProps('classes')}
            />
            <NumberInput
              className={classes.number}
              label="Former passwords that cannot come again"
              min={0}
              max={24}
              {...form.getInputProps('history')}
            />
            <NumberInput
              className={classes.number}
              label="Days until a password must be changed"
              description="0 is never, as NIST SP 800-63B advises."
              min={0}
              max={1_000}
              {...form.getInputProps('expiryDays')}
            />
          </FormSection>
          <FormSection
            title="Wrong passwords"
            line="Counted for one account from one address, so that nobody can lock out somebody elsewhere."
          >
            <NumberInput
              className={classes.number}
              label="Wrong ones until it waits"
              min={3}
              max={50}
              {...form.getInputProps('lockoutAttempts')}
            />
            <NumberInput
              className={classes.number}
              label="Minutes it waits"
              min={1}
              max={1_440}
              {...form.getInputProps('lockoutMinutes')}
            />
          </FormSection>
          {may && (
            <PanelFoot>
              <div className={account.actions}>
                <Button type="submit" loading={save.isPending}>
                  Save rules
                </Button>
                {!isDefault && (
                  <Button variant="default" onClick={() => form.setValues(defaultPasswordRules)}>
                    Fill in the defaults
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
