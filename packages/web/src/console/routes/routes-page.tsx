// Delivery routes of the organisation.
import { Page } from '#app/page.tsx'
import stack from '#shared/stack.module.css'
import { RoutesManager } from './routes-manager.tsx'

export function RoutesPage() {
  return (
    <Page
      title="Delivery routes"
      lead="The mail hosts that accepted mail is delivered to. Each is tested step by step from one of our nodes."
    >
      <div className={stack.stack}>
        <RoutesManager />
      </div>
    </Page>
  )
}
