// The contacts tool for download: for Windows and Linux as one file, and as a script for Node.
import { type ContactProgram, listContactRuns } from '@gatepost/contract/contacts.ts'
import { Button } from '@mantine/core'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { bytes } from '#shared/format.ts'
import { GuideLink } from '#shared/guide-link.tsx'
import { Fold, ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import classes from './collect.module.css'

const words: {
  readonly [Name in ContactProgram['name']]: { readonly title: string; readonly line: string }
} = {
  'gatepost-contacts-windows-x64.exe': {
    title: 'Windows',
    line: 'One file, nothing else is needed. It is not signed, so SmartScreen asks once.',
  },
  'gatepost-contacts-linux-x64': { title: 'Linux', line: 'One file: chmod +x, then run it.' },
  'gatepost-contacts.mjs': { title: 'Script for Node 26', line: 'Any system: node gatepost-contacts.mjs' },
}

export function ContactsTool() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(listContactRuns, { params: { tenant } })
  return (
    <div className={stack.tight}>
      {error && !data && <ProblemNote error={error} />}
      <ul className={classes.programs} aria-label="The contacts tool">
        {data?.programs.map((program) => (
          <Program key={program.name} program={program} />
        ))}
      </ul>
      <p className="small tx2">
        It asks what to read: Microsoft 365, Exchange Server, Google Workspace, IMAP, or files. It reads
        addresses and dates of sent mail, and may run for days.{' '}
        <GuideLink guide="contacts-export">How to use it</GuideLink>
      </p>
    </div>
  )
}

function Program({ program }: { readonly program: ContactProgram }) {
  const { name, state, sha256, why } = program
  const { title, line } = words[name]
  return (
    <li className={classes.program}>
      <div>
        <span className="strong">{title}</span>
        <p className="small tx2">{state === 'unavailable' ? why : line}</p>
        {sha256 !== null && (
          <Fold title="SHA-256">
            <p className={classes.digest}>
              <span className="mono">{sha256}</span>
              <CopyButton value={sha256} label={`Copy SHA-256 of ${name}`} />
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
        {buttonWord(program)}
        <span className="hidden-visually"> for {title}</span>
      </Button>
    </li>
  )
}

/** What is built when somebody takes it says so: the first download begins some seconds later. */
function buttonWord({ state, bytes: size }: ContactProgram): string {
  if (state === 'unavailable') return 'Try again'
  return size === null ? 'Build and download' : `Download, ${bytes(size)}`
}
