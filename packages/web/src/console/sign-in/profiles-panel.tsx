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
import { useConfirm } from '#shared/confirm.tsx'
import { Facts } from '#shared/facts.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { ProfileForm } from './profile-form.tsx'
import { factorWords, sessionWords, waysWords, whoWords } from './words.ts'

type Props = { readonly settings: SignInSettings; readonly may: boolean }

export function ProfilesPanel({ settings, may }: Props) {
  const [editing, setEditing] = useState<string | null>(null)
  return (
    <div className={account.stack}>
      <p className="tx2">
        The first profile that names a group of the person counts; who is in none has the one for everyone.
      </p>
      {settings.profiles.map((profile) =>
        editing === profile.id ? (
          <Panel key={profile.id} title={`Change “${profile.name}”`} accent>
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
        <Panel title="A profile for groups" accent>
          <ProfileForm profile={null} settings={settings} onDone={() => setEditing(null)} />
        </Panel>
      )}
      {may && editing !== 'new' && (
        <div>
          <Button variant="default" onClick={() => setEditing('new')}>
            Add a profile for groups
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
  const { permittedRanges, trustedRanges, secondFactor } = profile
  return (
    <Panel
      title={profile.name}
      side={whoWords(profile)}
      actions={
        onEdit && (
          <>
            {profile.kind === 'groups' && <RemoveButton profile={profile} />}
            <Button variant="default" size="compact-md" onClick={onEdit}>
              Change<span className="hidden-visually"> {profile.name}</span>
            </Button>
          </>
        )
      }
    >
      <Facts
        wide
        rows={[
          ['Signs in by', waysWords(profile, settings)],
          ['Second factor', factorWords(profile)],
          ...(secondFactor === 'outside' ? [['Trusted ranges', ranges(trustedRanges)] as const] : []),
          ['Permitted from', permittedRanges.length === 0 ? 'Anywhere' : ranges(permittedRanges)],
          ['Sessions', sessionWords(profile)],
        ]}
      />
    </Panel>
  )
}

function ranges(list: readonly string[]) {
  return <span className="mono">{list.join(', ')}</span>
}

function RemoveButton({ profile }: { readonly profile: SignInProfile }) {
  const tenant = useSlug()
  const confirm = useConfirm()
  const remove = useAction(removeProfile, {
    readAgain: [getSignInSettings],
    said: () => ({ text: 'The sign-in profile is removed.' }),
  })
  const ask = async () => {
    const agreed = await confirm({
      title: `“${profile.name}” no longer counts`,
      body: 'Its people sign in as the next profile that names them has it.',
      act: 'Remove profile',
      keep: 'Keep it',
    })
    if (agreed) remove.mutate({ params: { tenant, profile: profile.id } })
  }
  return (
    <>
      {remove.error && <ProblemNote error={remove.error} />}
      <Button variant="subtle" color="gray" size="compact-md" onClick={ask}>
        Remove<span className="hidden-visually"> {profile.name}</span>
      </Button>
    </>
  )
}
