// What secures the own account, in one column: password, second factor, sessions. The same in console and
// portal.
import { getSecurity, type Security as SecurityState } from '@gatepost/contract/account.ts'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import classes from './account.module.css'
import { ChangePassword } from './change-password.tsx'
import { FactorsPanel } from './factors-panel.tsx'
import { SessionsPanel } from './sessions-panel.tsx'

export function Security() {
  const { data, error } = useEndpoint(getSecurity, {})
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return (
    <div className={classes.stack}>
      <PasswordPanel security={data} />
      <FactorsPanel security={data} />
      <SessionsPanel />
    </div>
  )
}

function PasswordPanel({ security }: { readonly security: SecurityState }) {
  const [changed, setChanged] = useState(false)
  const { isSet, setAt, expiresAt, isAllowed, rules } = security.password
  if (!isAllowed && !isSet) {
    return (
      <Panel title="Password">
        <p>You sign in by your organisation. Change your password there.</p>
      </Panel>
    )
  }
  return (
    <Panel title="Password">
      <div className={classes.stack}>
        {changed && (
          <Note tone="ok" title="Your password is changed" role="status">
            <p>All your other sessions have ended.</p>
          </Note>
        )}
        <p>
          {setAt === null ? (
            'No password is set.'
          ) : (
            <>
              Set <RelativeTime at={setAt} />
              {expiresAt === null ? '.' : '; to be changed by '}
              {expiresAt !== null && <FullTime at={expiresAt} />}
            </>
          )}
        </p>
        <ChangePassword
          withCurrent={isSet}
          rules={rules}
          act={isSet ? 'Change password' : 'Set password'}
          onDone={() => setChanged(true)}
        />
      </div>
    </Panel>
  )
}
