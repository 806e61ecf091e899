// The contacts tool for download: for Windows and Linux as one file, and as a script for Node.

import { type ContactProgram, listContactRuns } from '@gatepost/contract/contacts.ts'
import { Button } from '@mantine/core'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { bytes } from '#shared/format.ts'
import { GuideLink } from '#shared/guide-link.tsx'
import { Fold, ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import classes from './collect.module.css'

const wordsOf: (t: Words) => {
  readonly [Name in ContactProgram['name']]: { readonly title: string; readonly line: string }
} = (t) => ({
  'gatepost-contacts-windows-x64.exe': {
    title: t('contactsTool.windows'),
    line: t('contactsTool.oneFileNothingElseIsNeeded'),
  },
  'gatepost-contacts-linux-x64': {
    title: t('contactsTool.linux'),
    line: t('contactsTool.oneFileChmodXThenRunIt'),
  },
  'gatepost-contacts.mjs': {
    title: t('contactsTool.scriptForNode26'),
    line: t('contactsTool.anySystemNodeGatepost'),
  },
})

export function ContactsTool() {
  const t = useWords('senders')
  const tenant = useSlug()
  const { data, error } = useEndpoint(listContactRuns, { params: { tenant } })
  return (
    <div className={stack.tight}>
      {error && !data && <ProblemNote error={error} />}
      <ul className={classes.programs} aria-label={t('contactsTool.theContactsTool')}>
        {data?.programs.map((program) => (
          <Program key={program.name} program={program} />
        ))}
      </ul>
      <p className="small tx2">
        {t('contactsTool.itAsksWhatToReadMicrosoft')}
        <GuideLink guide="contacts-export">{t('contactsTool.howToUseIt')}</GuideLink>
      </p>
    </div>
  )
}

function Program({ program }: { readonly program: ContactProgram }) {
  const t = useWords('senders')
  const { name, state, sha256, why } = program
  const { title, line } = wordsOf(t)[name]
  return (
    <li className={classes.program}>
      <div>
        <span className="strong">{title}</span>
        <p className="small tx2">{state === 'unavailable' ? why : line}</p>
        {sha256 !== null && (
          <Fold title="SHA-256">
            <p className={classes.digest}>
              <span className="mono">{sha256}</span>
              <CopyButton value={sha256} label={t('contactsTool.copySha256Of', { name })} />
            </p>
          </Fold>
        )}
      </div>
      <Button
        component="a"
        className={classes.take ?? ''}
        href={`/v1/contacts/programs/${name}`}
        download={name}
        variant="default"
      >
        {buttonWord(t, program)}
        <span className="hidden-visually">{t('contactsTool.for', { title })}</span>
      </Button>
    </li>
  )
}

/** What is built when somebody takes it says so: the first download begins some seconds later. */
function buttonWord(t: Words, { state, bytes: size }: ContactProgram): string {
  if (state === 'unavailable') return t('contactsTool.tryAgain')
  return size === null
    ? t('contactsTool.buildAndDownload')
    : t('contactsTool.download', { size: bytes(size) })
}
