// C3: one user by form, many by CSV.
import { AddUserPanel } from '#console/users/add-user-panel.tsx'
import { ImportUsers } from '#console/users/import-users.tsx'
import { UserCount } from '#console/users/user-count.tsx'

export function AddUsers() {
  return (
    <>
      <UserCount />
      <ImportUsers />
      <AddUserPanel />
    </>
  )
}
