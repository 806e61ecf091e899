// One key: its stage, the record to publish with copy buttons, what servers say, and what can be done with
// it.
import {
  activateSigningKey,
  checkSigningKey,
  getSigning,
  removeSigningKey,
  retireSigningKey,
  type SigningKey,
} from '@gatepost/contract/signing.ts'
import { Button } from '@mantine/core'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { CheckButton } from '#shared/check-button.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { date } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Block, Fold, ProblemNote } from '#shared/note.tsx'
import { ServersTable } from '#shared/servers-table.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { CheckedLine } from '#shared/time.tsx'
import classes from './signing.module.css'

type Props = { readonly signingKey: SigningKey; readonly may: boolean }

export function KeyView({ signingKey: key, may }: Props) {
  const isOpen = key.state === 'pending' || (key.state === 'active' && key.record.state !== 'found')
  return (
    <section className={classes.key} aria-label={`Key ${key.selector}`}>
      <div className={classes.head}>
        <h3 className="mono">{key.selector}</h3>
        <span className="tx2">{kindOf(key)}</span>
        <StatusWord of="signingKey" state={key.state} />
        <span className={classes.stage}>{stageWords(key)}</span>
      </div>
      {isOpen ? (
        <Record signingKey={key} />
      ) : (
        key.state !== 'gone' && (
          <Fold title="Its record">
            <Record signingKey={key} />
          </Fold>
        )
      )}
      {may && <KeyActions signingKey={key} />}
    </section>
  )
}

function Record({ signingKey: key }: { readonly signingKey: SigningKey }) {
  const { record, recordParts } = key
  const line = `${record.name}. ${record.ttl} IN TXT ${recordParts.map((part) => `"${part}"`).join(' ')}`
  return (
    <div className={stack.tight}>
      <Facts
        rows={[
          [
            'Type',
            <span key="type" className="mono">
              TXT
            </span>,
          ],
          [
            'Name',
            <span key="name" className={stack.inline}>
              <HostText>{record.relativeName}</HostText>
              <CopyButton value={record.relativeName} label={`Copy name of ${key.selector}`} />
            </span>,
          ],
          [
            'Value',
            <span key="value" className={stack.inline}>
              <HostText>{record.value}</HostText>
              <CopyButton value={record.value} label={`Copy value of ${key.selector}`} />
            </span>,
          ],
          [
            'TTL',
            <span key="ttl" className="mono">
              {record.ttl}
            </span>,
          ],
          [
            'We see',
            <span key="state" className={stack.row}>
              <StatusWord of="record" state={record.state} />
              <span className="tx2">{record.weSee}</span>
            </span>,
          ],
        ]}
      />
      <div className={stack.row}>
        <CopyButton value={line} label="Copy as zone line" text />
        <CopyButton value={shareText(key)} label="Copy to send to your DNS team" text />
      </div>
      {recordParts.length > 1 && (
        <Fold title="Your provider asks for parts of 255 characters">
          <Block>{recordParts.join('\n')}</Block>
        </Fold>
      )}
      {record.servers.length > 0 && (
        <Fold title="What each server says">
          <ServersTable records={[record]} checkedAt={key.checkedAt} label={`Servers of ${record.name}`} />
        </Fold>
      )}
    </div>
  )
}

function KeyActions({ signingKey: key }: { readonly signingKey: SigningKey }) {
  const tenant = useSlug()
  const confirm = useConfirm()
  const readAgain = { readAgain: [getSigning] }
  const check = useAction(checkSigningKey, readAgain)
  const activate = useAction(activateSigningKey, {
    ...readAgain,
    said: () => ({ text: 'The key signs from now on.' }),
  })
  const retire = useAction(retireSigningKey, {
    ...readAgain,
    said: () => ({ text: 'The key signs no more.' }),
  })
  const remove = useAction(removeSigningKey, { ...readAgain, said: () => ({ text: 'The key is removed.' }) })
  const input = { params: { tenant, key: key.id }, body: {} }
  const askRetire = async () => {
    const agreed = await confirm({
      title: `${key.selector} signs no more`,
      body: 'Where no other key of this domain is in use, its mail leaves unsigned. The record must stay for now.',
      act: 'Retire key',
      keep: 'Keep signing',
    })
    if (agreed) retire.mutate(input)
  }
  const askRemove = async () => {
    const agreed = await confirm({
      title: `${key.selector} is destroyed`,
      body: 'The private key cannot be had back. Mail under way that it signed cannot be verified once its record is gone.',
      act: 'Remove key',
      keep: 'Keep key',
    })
    if (agreed) remove.mutate({ params: input.params })
  }
  return (
    <div className={classes.foot}>
      <CheckedLine checkedAt={key.checkedAt} nextCheckAt={key.state === 'pending' ? key.nextCheckAt : null} />
      <span className={stack.row}>
        {key.state !== 'gone' && (
          <CheckButton
            of={key.selector}
            busy={check.isPending}
            error={check.error}
            onCheck={() => check.mutate(input)}
          />
        )}
        {(key.state === 'seen' || key.state === 'retiring') && (
          <Button
            size="xs"
            variant="default"
            loading={activate.isPending}
            onClick={() => activate.mutate(input)}
          >
            {key.state === 'seen' ? 'Sign with it now' : 'Sign with it again'}
            <span className="hidden-visually"> ({key.selector})</span>
          </Button>
        )}
        {key.state === 'active' ? (
          <Button size="xs" variant="subtle" color="gray" onClick={askRetire}>
            Retire<span className="hidden-visually"> {key.selector}</span>
          </Button>
        ) : (
          <Button size="xs" variant="subtle" color="gray" onClick={askRemove}>
            Remove<span className="hidden-visually"> {key.selector}</span>
          </Button>
        )}
      </span>
      <ProblemNote error={activate.error ?? retire.error ?? remove.error} />
    </div>
  )
}

function kindOf({ algorithm, bits, origin }: SigningKey): string {
  const kind = algorithm === 'rsa-sha256' ? `RSA ${bits.toLocaleString('en-GB')}` : 'Ed25519'
  return origin === 'imported' ? `${kind}, imported` : kind
}

function stageWords(key: SigningKey): string {
  switch (key.state) {
    case 'pending':
      return `made ${date(key.createdAt)}; signs once its record is seen`
    case 'seen':
      return 'its record is there; it signs within minutes, once every server had time'
    case 'active':
      return key.activatedAt === null ? '' : `signs since ${date(key.activatedAt)}`
    case 'retiring':
      return key.retireUntil === null ? '' : `signs no more; keep its record until ${date(key.retireUntil)}`
    case 'gone':
      return `its record at ${key.record.name} may be deleted`
  }
}

function shareText({ domain, record, recordParts }: SigningKey): string {
  const parts = recordParts.map((part) => `"${part}"`).join(' ')
  return [
    `A DNS record is needed for ${domain}, so that its mail leaves with a DKIM signature:`,
    '',
    `Type   TXT`,
    `Name   ${record.name}`,
    `Value  ${record.value}`,
    '',
    `In a zone file: ${record.name}. ${record.ttl} IN TXT ${parts}`,
    'Nothing else is to be changed; it is found by itself once it is published.',
  ].join('\n')
}
