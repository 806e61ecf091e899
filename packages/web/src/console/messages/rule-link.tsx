// The administrators' rule behind a step of an explanation, as a way to its page.
import type { Message } from '@gatepost/contract/message.ts'
import { Link } from '@tanstack/react-router'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import classes from './why.module.css'

type Rule = NonNullable<Message['explanation'][number]['rule']>

export function RuleLink({ rule }: { readonly rule: Rule }) {
  const slug = useSlug()
  const words = useWords('messages')
  const may = useMay('policies:read')
  return (
    <span className={classes.means}>
      {words('why.policy')}{' '}
      {may ? (
        <Link to="/t/$slug/policies/$policy" params={{ slug, policy: rule.id }}>
          {rule.name}
        </Link>
      ) : (
        rule.name
      )}
    </span>
  )
}
