// T1: certificates of SMTP and of the console: who issued them, until when, what became of the last renewal,
// and the record that vouches for their key.
import {
  type Certificate,
  type Certificates,
  listCertificates,
  renewCertificate,
} from '@gatepost/contract/certificate.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { AlertChannelLink } from '#shared/alert-channel-link.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { type FactRow, Facts } from '#shared/facts.tsx'
import { GuideLink } from '#shared/guide-link.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Block, Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { FullTime, RelativeTime } from '#shared/time.tsx'

/** A renewal takes some seconds, and begins by itself. */
const READ_MS = 5_000

export function CertificatesPage() {
  const { data, error } = useEndpoint(listCertificates, {}, { refetchInterval: READ_MS })
  return (
    <Page
      title="Certificates"
      lead="What others see who check our name, over SMTP and in the browser. New ones count from the next connection; nobody is cut off."
    >
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && (
        <div className={stack.detail}>
          <div className={stack.stack}>
            {data.items.map((one) => (
              <CertificatePanel key={`${one.source} ${one.name}`} certificate={one} />
            ))}
          </div>
          <div className={stack.stack}>
            <Fetching acme={data.acme} />
            {data.proposals.length > 0 && <Proposals certificates={data} />}
          </div>
        </div>
      )}
    </Page>
  )
}

const sources = {
  fetched: 'Fetched by ACME',
  file: 'Files of yours, watched',
  'self-made': 'Made by this gateway',
} as const satisfies { readonly [source in Certificate['source']]: string }

function CertificatePanel({ certificate }: { readonly certificate: Certificate }) {
  const { name, source, state, lastError, failures, nextAt, triedAt, tlsa } = certificate
  // A name that never had one is not “not renewed”.
  const word = state === 'failing' && certificate.issuedAt === null ? { word: 'Not fetched yet' } : {}
  return (
    <Panel title={name} side={<StatusWord of="certificate" state={state} {...word} />} flush>
      {lastError !== null && (
        <PanelBody>
          <Note
            tone={state === 'expired' ? 'bad' : 'warn'}
            title={source === 'fetched' ? 'It could not be fetched' : 'This file is not used'}
          >
            {/* Addresses with tokens are longer than a phone is wide. */}
            <p style={{ overflowWrap: 'anywhere' }}>{lastError}</p>
            {source === 'fetched' && nextAt !== null && (
              <p>
                Tried {failures === 1 ? 'once' : `${failures} times`}, last{' '}
                <RelativeTime at={triedAt ?? nextAt} />; again <FullTime at={nextAt} />.
              </p>
            )}
          </Note>
        </PanelBody>
      )}
      {tlsa?.published === 'differs' && (
        <PanelBody>
          <Note tone="bad" title="The TLSA record names another key">
            <p>
              Senders that check DANE do not deliver. Publish the record below, or remove the one that is
              there.
            </p>
          </Note>
        </PanelBody>
      )}
      <PanelBody>
        <Facts wide rows={factsOf(certificate)} />
      </PanelBody>
      {source === 'fetched' && <Renew certificate={certificate} />}
    </Panel>
  )
}

const published = {
  matches: 'Published, and it names this key. Renewals keep the key.',
  differs: 'Another one is published.',
  none: 'None is published. With DNSSEC it lets senders insist on TLS with you.',
  unknown: 'DNS could not be asked.',
} as const

function factsOf(certificate: Certificate): readonly FactRow[] {
  const { source, names, issuer, validFrom, validUntil, nextAt, keyMadeAt, tlsa, isUsual, file } = certificate
  const rows: (FactRow | null)[] = [
    ['From', sources[source]],
    names.length > 1 || names[0] !== certificate.name
      ? ['Names', <HostText key="names">{names.join(', ')}</HostText>]
      : null,
    issuer === null ? null : ['Issuer', issuer],
    validUntil === null
      ? null
      : [
          'Valid',
          <>
            {validFrom !== null && (
              <>
                <FullTime at={validFrom} /> to{' '}
              </>
            )}
            <FullTime at={validUntil} />
          </>,
        ],
    nextAt === null ? null : ['Next renewal', <FullTime key="next" at={nextAt} />],
    keyMadeAt === null ? null : ['Key made', <FullTime key="key" at={keyMadeAt} />],
    isUsual ? ['Shown to', 'Everybody who names no host, or one without a certificate'] : null,
    file === null ? null : ['File', <HostText key="file">{file}</HostText>],
    tlsa === null ? null : ['TLSA record', <Tlsa key="tlsa" tlsa={tlsa} />],
  ]
  return rows.filter((row) => row !== null)
}

function Tlsa({ tlsa }: { readonly tlsa: NonNullable<Certificate['tlsa']> }) {
  const text = `${tlsa.name}. IN TLSA ${tlsa.record}`
  return (
    <>
      <HostText>{text}</HostText> <CopyButton value={text} label="Copy TLSA record" />
      <p className="small">{published[tlsa.published]}</p>
    </>
  )
}

function Renew({ certificate }: { readonly certificate: Certificate }) {
  const may = useMay('system:write')
  const renew = useAction(renewCertificate, {
    readAgain: [listCertificates],
    said: () => ({ text: `The certificate for ${certificate.name} is asked for.` }),
  })
  if (!may) return null
  return (
    <PanelFoot>
      <span>{renew.error && <ProblemNote error={renew.error} />}</span>
      <Button
        variant="default"
        loading={renew.isPending}
        onClick={() => renew.mutate({ params: { name: certificate.name } })}
      >
        Renew now
      </Button>
    </PanelFoot>
  )
}

function Fetching({ acme }: Pick<Certificates, 'acme'>) {
  if (acme === null) {
    return (
      <Panel title="Fetched by itself">
        <p>
          No certificate is fetched. Three lines in the configuration, and this gateway gets one and renews
          it: <GuideLink guide="operate/certificates">how certificates are fetched</GuideLink>
        </p>
      </Panel>
    )
  }
  return (
    <Panel title="Fetched by itself">
      <div className={stack.stack}>
        <Facts
          rows={[
            ['Authority', <HostText key="directory">{new URL(acme.directory).host}</HostText>],
            ['Contact', acme.contact ?? 'None'],
            [
              'Challenges at',
              <HostText key="listeners">
                {acme.listeners.map(({ host, port }) => `${host}:${port}`).join(', ') || 'the console’s port'}
              </HostText>,
            ],
            [
              'Keys',
              acme.reuseKey ? 'Kept at renewals' : 'New at each renewal, unless a TLSA record names one',
            ],
          ]}
        />
        <p className="small tx2">Each is renewed at two thirds of its life.</p>
        <AlertChannelLink what="A renewal that fails twice" isSystem />
      </div>
    </Panel>
  )
}

function Proposals({ certificates }: { readonly certificates: Certificates }) {
  const { proposals, configuration } = certificates
  return (
    <Panel title="Names without a certificate">
      <div className={stack.stack}>
        <ul className={stack.plain}>
          {proposals.map(({ name, because }) => (
            <li key={name}>
              <HostText>{name}</HostText>
              <p className="small tx2">{because}</p>
            </li>
          ))}
        </ul>
        {configuration !== null && (
          <>
            <p className="small">In gatepost.toml, with which you agree to the terms of the authority:</p>
            <Block>{configuration}</Block>
            <div>
              <CopyButton value={configuration} label="Copy configuration" text />
            </div>
          </>
        )}
      </div>
    </Panel>
  )
}
