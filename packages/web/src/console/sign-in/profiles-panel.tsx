// Sign-in profiles in the order in which they count, each to be changed in place.

import {
  getSignInSettings,
  removeProfile,
  type SignInProfile,
  type SignInSettings,
} from '@gatepost/contract/sign-in-settings.ts'
import { Button } from '@mantine/core'
import { useState } from 'react'
import account from '#account/account.module.css'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { Facts } from '#shared/facts.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { ProfileForm } from './profile-form.tsx'
import { factorWords, sessionWords, waysWords, whoWords } from './words.ts'

type Props = { readonly settings: SignInSettings; readonly may: boolean }

export function ProfilesPanel({ settings, may }: Props) {
  const t = useWords('signin')
  const [editing, setEditing] = useState<string | null>(null)
  return (
    <div className={account.stack}>
      <p className="tx2">{t('profile.first')}</p>
      {settings.profiles.map((profile) =>
        editing === profile.id ? (
          <Panel key={profile.id} title={t('changeTitle', { name: profile.name })} accent>
            <ProfileForm profile={profile} settings={settings} onDone={() => setEditing(null)} />
          </Panel>
        ) : (
          <ProfilePanel
            key={profile.id}
            profile={profile}
            settings={settings}
            onEdit={may ? () => setEditing(profile.id) : null}
          />
        ),
      )}
      {editing === 'new' && (
        <Panel title={t('profile.forGroups')} accent>
          <ProfileForm profile={null} settings={settings} onDone={() => setEditing(null)} />
        </Panel>
      )}
      {may && editing !== 'new' && (
        <div>
          <Button variant="default" onClick={() => setEditing('new')}>
            {t('profile.add')}
          </Button>
        </div>
      )}
    </div>
  )
}

type One = {
  readonly profile: SignInProfile
  readonly settings: SignInSettings
  readonly onEdit: (() => void) | null
}

function ProfilePanel({ profile, settings, onEdit }: One) {
  const t = useWords('signin')
  const { permittedRanges, trustedRanges, secondFactor } = profile
  return (
    <Panel
      title={profile.name}
      side={whoWords(profile, t)}
      actions={
        onEdit && (
          <>
            {profile.kind === 'groups' && <RemoveButton profile={profile} />}
            <Button variant="default" size="compact-md" onClick={onEdit}>
              {t('change')}
              <span className="hidden-visually"> {profile.name}</span>
            </Button>
          </>
        )
      }
    >
      <Facts
        wide
        rows={[
          [t('profile.by'), waysWords(profile, settings, t)],
          [t('factor'), factorWords(profile, t)],
          ...(secondFactor === 'outside' ? [[t('trusted'), ranges(trustedRanges)] as const] : []),
          [t('profile.from'), permittedRanges.length === 0 ? t('profile.anywhere') : ranges(permittedRanges)],
          [t('sessions'), sessionWords(profile, t)],
        ]}
      />
    </Panel>
  )
}

function ranges(list: readonly string[]) {
  return <span className="mono">{list.join(', ')}</span>
}

function RemoveButton({ profile }: { readonly profile: SignInProfile }) {
  const t = useWords('signin')
  const tenant = useSlug()
  const confirm = useConfirm()
  const remove = useAction(removeProfile, {
    readAgain: [getSignInSettings],
    said: () => ({ text: t('profile.removed') }),
  })
  const ask = async () => {
    const agreed = await confirm({
      title: t('profile.gone', { name: profile.name }),
      body: t('profile.goneMeans'),
      act: t('profile.remove'),
      keep: t('keep'),
    })
    if (agreed) remove.mutate({ params: { tenant, profile: profile.id } })
  }
  return (
    <>
      {remove.error && <ProblemNote error={remove.error} />}
      <Button variant="subtle" color="gray" size="compact-md" onClick={ask}>
        {t('remove')}
        <span className="hidden-visually"> {profile.name}</span>
      </Button>
    </>
  )
}
