// C0: the organisation's name, its environment and whom we reach when mail to it does not.
import { OrganizationForm } from '#console/organization-form.tsx'

export function NameOrganization() {
  return <OrganizationForm />
}
