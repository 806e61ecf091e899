// Reports a message as spam or as wanted by a click; the lesson is undone in place while the page is open,
// and later in the list of lessons.
import type { Message } from '@gatepost/contract/message.ts'
import {
  getSpamLearning,
  listSpamLessons,
  reportSpam,
  type SpamKind,
  unlearnSpam,
} from '@gatepost/contract/spam.ts'
import { Button } from '@mantine/core'
import { IconThumbDown, IconThumbUp } from '@tabler/icons-react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'

const SAID: { readonly [Kind in SpamKind]: string } = { spam: 'act.saidSpam', ham: 'act.saidHam' }

export function SpamReport({ message }: { readonly message: Message }) {
  const tenant = useSlug()
  const words = useWords('messages')
  const readAgain = [listSpamLessons, getSpamLearning]
  const report = useAction(reportSpam, { readAgain })
  const unlearn = useAction(unlearnSpam, { readAgain })
  const say = (kind: SpamKind) => {
    unlearn.reset()
    report.mutate({ params: { tenant, message: message.id }, body: { kind } })
  }
  const lesson = report.data
  if (lesson && !unlearn.isSuccess) {
    return (
      <>
        <p className="small tx2" role="status">
          {words(SAID[lesson.kind])}
        </p>
        <Button
          variant="default"
          loading={unlearn.isPending}
          onClick={() => unlearn.mutate({ params: { tenant, lesson: lesson.id } })}
        >
          {words('act.takeBack')}
        </Button>
        {unlearn.error && <ProblemNote error={unlearn.error} />}
      </>
    )
  }
  return (
    <>
      <Button
        variant="default"
        loading={report.isPending}
        leftSection={<IconThumbDown size={15} aria-hidden />}
        onClick={() => say('spam')}
      >
        {words('act.spam')}
      </Button>
      <Button
        variant="default"
        loading={report.isPending}
        leftSection={<IconThumbUp size={15} aria-hidden />}
        onClick={() => say('ham')}
      >
        {words('act.ham')}
      </Button>
      {unlearn.isSuccess && (
        <p className="small tx2" role="status">
          {words('act.takenBack')}
        </p>
      )}
      {report.error && <ProblemNote error={report.error} />}
    </>
  )
}
