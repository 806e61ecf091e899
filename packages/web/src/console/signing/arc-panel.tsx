// ARC: whether mail that passes through is sealed, and whose seals are believed for mail that others passed
// on.
import { type ArcSeals, getSigning, type Signing, setArc } from '@gatepost/contract/signing.ts'
import { Button, NativeSelect, TagsInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

const sealWords: { readonly [Seals in ArcSeals]: string } = {
  forwarded: 'What is forwarded outside',
  all: 'That, and mail for your mail host',
  none: 'None',
}

const BELIEVED =
  'Domains of forwarders and lists. Where such a seal is whole and says that DMARC passed before they changed ' +
  'the message, a failed DMARC refuses nothing. Anti-spoofing is never relaxed by it.'

export function ArcPanel({ signing, may }: { readonly signing: Signing; readonly may: boolean }) {
  const tenant = useSlug()
  const [seals, setSeals] = useState(signing.seals)
  const [sealers, setSealers] = useState<string[]>([...signing.sealers])
  const save = useAction(setArc, { readAgain: [getSigning] })
  const isChanged = seals !== signing.seals || sealers.join(' ') !== signing.sealers.join(' ')
  return (
    <Panel title="Mail that passes through (ARC)">
      <form
        className={stack.stack}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ params: { tenant }, body: { seals, sealers } })
        }}
      >
        <NativeSelect
          label="Mail that is sealed"
          description="A seal carries what our authentication found, signed. It needs an RSA key in use."
          data={Object.entries(sealWords).map(([value, label]) => ({ value, label }))}
          disabled={!may}
          value={seals}
          onChange={(event) => setSeals(event.currentTarget.value as ArcSeals)}
        />
        <TagsInput
          label="Seals we believe"
          description={BELIEVED}
          placeholder={sealers.length === 0 ? 'lists.example' : ''}
          splitChars={[',', ' ', ';', '\n']}
          acceptValueOnBlur
          disabled={!may}
          value={sealers}
          onChange={setSealers}
        />
        <ProblemNote error={save.error} />
        {may && (
          <div>
            <Button type="submit" variant="default" disabled={!isChanged} loading={save.isPending}>
              Save
            </Button>
          </div>
        )}
      </form>
    </Panel>
  )
}
