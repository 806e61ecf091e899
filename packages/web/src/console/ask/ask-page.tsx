// Ask any message: what would become of it, with the settings of now or a draft. Nothing is accepted.
import { ASKED_CONTENT_MAX, askMessage } from '@gatepost/contract/message.ts'
import { PolicyDraft } from '@gatepost/contract/policy.ts'
import { Button, FileButton, TextInput } from '@mantine/core'
import { IconFileImport, IconX } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type DragEvent, type FormEvent, useState } from 'react'
import { fieldErrorsOf } from '#api/problem-error.ts'
import { useAction } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { bytes } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { Answer } from './answer.tsx'
import classes from './ask.module.css'
import type { AskSearch } from './ask-search.ts'
import { readEml } from './read-eml.ts'

type File = { readonly name: string; readonly content: string; readonly cut: boolean }

export function AskPage() {
  const words = useWords('messages')
  const slug = useSlug()
  const crumb = {
    label: words('title'),
    link: (
      <Link to="/t/$slug/messages" params={{ slug }}>
        {words('title')}
      </Link>
    ),
  }
  return (
    <Page title={words('askAbout')} crumbs={[crumb]} lead={words('question.lead')}>
      <Question />
    </Page>
  )
}

function Question() {
  const words = useWords('messages')
  const tenant = useSlug()
  const search = useSearch({ from: '/console/t/$slug/ask' })
  const [values, setValues] = useState(valuesOf(search))
  const [file, setFile] = useState<File | null>(null)
  const ask = useAction(askMessage)
  const faults = fieldErrorsOf(ask.error)
  const draft = PolicyDraft.safeParse(search.draft)
  const set = (part: Partial<typeof values>) => setValues((before) => ({ ...before, ...part }))
  const take = async (dropped: Blob & { readonly name: string }) => {
    const { content, ...found } = readEml(await dropped.text())
    setFile({
      name: dropped.name,
      content: content.slice(0, ASKED_CONTENT_MAX),
      cut: content.length > ASKED_CONTENT_MAX,
    })
    const given = Object.entries(found).filter(([, value]) => value !== null)
    set(Object.fromEntries(given))
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.mutate({
      params: { tenant },
      body: {
        clientIp: values.ip,
        helo: values.helo,
        reversePath: values.from,
        forwardPath: values.to,
        ...(file ? { content: file.content } : values.author ? { author: values.author } : {}),
        ...(draft.success ? { draft: draft.data } : {}),
        ...(draft.success && search.draftId ? { draftId: search.draftId } : {}),
      },
    })
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    const [first] = event.dataTransfer.files
    if (first) void take(first)
  }
  const field = (name: keyof typeof values, about: string, path: string) => (
    <TextInput
      label={words(`question.${about}`)}
      description={words(`question.${about}Text`)}
      autoCapitalize="off"
      autoComplete="off"
      spellCheck={false}
      value={values[name]}
      error={faults.get(path)}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <div className={classes.columns}>
      <Panel title={words('question.title')}>
        <form
          noValidate
          className={stack.stack}
          onSubmit={submit}
          onDrop={drop}
          onDragOver={(event) => event.preventDefault()}
        >
          <FilePart file={file} onFile={(chosen) => void take(chosen)} onClear={() => setFile(null)} />
          <div className={stack.pair}>
            {field('ip', 'client', 'clientIp')}
            {field('helo', 'helo', 'helo')}
          </div>
          {field('from', 'path', 'reversePath')}
          {field('to', 'recipient', 'forwardPath')}
          {!file && field('author', 'author', 'author')}
          {draft.success && <WithDraft name={draft.data.name} />}
          {ask.error && <ProblemNote error={ask.error} focus />}
          <div>
            <Button type="submit" loading={ask.isPending}>
              {words('ask')}
            </Button>
          </div>
        </form>
      </Panel>
      <div aria-live="polite">
        {ask.data ? <Answer answer={ask.data} /> : <p className="tx2">{words('question.waits')}</p>}
      </div>
    </div>
  )
}

type FileProps = {
  readonly file: File | null
  readonly onFile: (file: globalThis.File) => void
  readonly onClear: () => void
}

function FilePart({ file, onFile, onClear }: FileProps) {
  const words = useWords('messages')
  if (file) {
    return (
      <p className={classes.file}>
        <span>
          {file.name}, {bytes(file.content.length)}
          {file.cut && words('question.cut')}
        </span>
        <button
          type="button"
          className={classes.clear}
          aria-label={words('question.noFile')}
          onClick={onClear}
        >
          <IconX size={14} aria-hidden />
        </button>
      </p>
    )
  }
  return (
    <div className={classes.drop}>
      <FileButton accept=".eml,message/rfc822" onChange={(chosen) => chosen && onFile(chosen)}>
        {(props) => (
          <Button {...props} variant="default" leftSection={<IconFileImport size={15} aria-hidden />}>
            {words('question.choose')}
          </Button>
        )}
      </FileButton>
      <span className="small tx2">{words('question.drop')}</span>
    </div>
  )
}

function WithDraft({ name }: { readonly name: string }) {
  const words = useWords('messages')
  const slug = useSlug()
  const navigate = useNavigate()
  return (
    <Note tone="info" title={words('question.withDraft', { name })}>
      <Button
        variant="default"
        onClick={() =>
          void navigate({
            to: '/t/$slug/ask',
            params: { slug },
            search: (before: AskSearch) => ({ ...before, draft: undefined, draftId: undefined }),
            replace: true,
          })
        }
      >
        {words('question.live')}
      </Button>
    </Note>
  )
}

function valuesOf({ ip = '', helo = '', from = '', to = '', author = '' }: AskSearch) {
  return { ip, helo, from, to, author }
}
