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
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
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
  const t = useWords('system')
  const { data, error } = useEndpoint(listCertificates, {}, { refetchInterval: READ_MS })
  return (
    <Page title={t('certificates.certificates')} lead={t('certificates.whatOthersSeeWhoCheckOur')}>
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

const sourcesOf = (t: Words) =>
  ({
    fetched: t('certificates.fetchedByAcme'),
    file: t('certificates.filesOfYoursWatched'),
    'self-made': t('certificates.madeByThisGateway'),
  }) as const satisfies { readonly [source in Certificate['source']]: string }

function CertificatePanel({ certificate }: { readonly certificate: Certificate }) {
  const t = useWords('system')
  const { name, source, state, lastError, failures, nextAt, triedAt, tlsa } = certificate
  // A name that never had one is not “not renewed”.
  const word =
    state === 'failing' && certificate.issuedAt === null ? { word: t('certificates.notFetchedYet') } : {}
  return (
    <Panel title={name} side={<StatusWord of="certificate" state={state} {...word} />} flush>
      {lastError !== null && (
        <PanelBody>
          <Note
            tone={state === 'expired' ? 'bad' : 'warn'}
            title={
              source === 'fetched'
                ? t('certificates.itCouldNotBeFetched')
                : t('certificates.thisFileIsNotUsed')
            }
          >
            {/* Addresses with tokens are longer than a phone is wide. */}
            <p style={{ overflowWrap: 'anywhere' }}>{lastError}</p>
            {source === 'fetched' && nextAt !== null && (
              <p>
                {rich(t, 'certificates.tried', {
                  count: failures,
                  last: <RelativeTime at={triedAt ?? nextAt} />,
                  next: <FullTime at={nextAt} />,
                })}
              </p>
            )}
          </Note>
        </PanelBody>
      )}
      {tlsa?.published === 'differs' && (
        <PanelBody>
          <Note tone="bad" title={t('certificates.theTlsaRecordNamesAnother')}>
            <p>{t('certificates.sendersThatCheckDaneDoNot')}</p>
          </Note>
        </PanelBody>
      )}
      <PanelBody>
        <Facts wide rows={factsOf(t, certificate)} />
      </PanelBody>
      {source === 'fetched' && <Renew certificate={certificate} />}
    </Panel>
  )
}

const publishedOf = (t: Words) =>
  ({
    matches: t('certificates.publishedAndItNamesThisKey'),
    differs: t('certificates.anotherOneIsPublished'),
    none: t('certificates.noneIsPublishedWithDnssec'),
    unknown: t('certificates.dnsCouldNotBeAsked'),
  }) as const

function factsOf(t: Words, certificate: Certificate): readonly FactRow[] {
  const { source, names, issuer, validFrom, validUntil, nextAt, keyMadeAt, tlsa, isUsual, file } = certificate
  const rows: (FactRow | null)[] = [
    [t('certificates.from'), sourcesOf(t)[source]],
    names.length > 1 || names[0] !== certificate.name
      ? [t('certificates.names'), <HostText key="names">{names.join(', ')}</HostText>]
      : null,
    issuer === null ? null : [t('certificates.issuer'), issuer],
    validUntil === null
      ? null
      : [
          t('certificates.valid'),
          validFrom === null ? (
            <FullTime at={validUntil} />
          ) : (
            rich(t, 'certificates.fromTo', {
              from: <FullTime at={validFrom} />,
              to: <FullTime at={validUntil} />,
            })
          ),
        ],
    nextAt === null ? null : [t('certificates.nextRenewal'), <FullTime key="next" at={nextAt} />],
    keyMadeAt === null ? null : [t('certificates.keyMade'), <FullTime key="key" at={keyMadeAt} />],
    isUsual ? [t('certificates.shownTo'), t('certificates.everybodyWhoNamesNoHostOr')] : null,
    file === null ? null : [t('certificates.file'), <HostText key="file">{file}</HostText>],
    tlsa === null ? null : [t('certificates.tlsaRecord'), <Tlsa key="tlsa" tlsa={tlsa} />],
  ]
  return rows.filter((row) => row !== null)
}

function Tlsa({ tlsa }: { readonly tlsa: NonNullable<Certificate['tlsa']> }) {
  const t = useWords('system')
  const text = `${tlsa.name}. IN TLSA ${tlsa.record}`
  return (
    <>
      <HostText>{text}</HostText> <CopyButton value={text} label={t('certificates.copyTlsaRecord')} />
      <p className="small">{publishedOf(t)[tlsa.published]}</p>
    </>
  )
}

function Renew({ certificate }: { readonly certificate: Certificate }) {
  const t = useWords('system')
  const may = useMay('system:write')
  const renew = useAction(renewCertificate, {
    readAgain: [listCertificates],
    said: () => ({ text: t('certificates.theCertificateForIsAsked', { name: certificate.name }) }),
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
        {t('certificates.renewNow')}
      </Button>
    </PanelFoot>
  )
}

function Fetching({ acme }: Pick<Certificates, 'acme'>) {
  const t = useWords('system')
  if (acme === null) {
    return (
      <Panel title={t('certificates.fetchedByItself')}>
        <p>
          {t('certificates.noCertificateIsFetched')}{' '}
          <GuideLink guide="operate/certificates">{t('certificates.howCertificatesAreFetched')}</GuideLink>
        </p>
      </Panel>
    )
  }
  return (
    <Panel title={t('certificates.fetchedByItself')}>
      <div className={stack.stack}>
        <Facts
          rows={[
            [
              t('certificates.authority'),
              <HostText key="directory">{new URL(acme.directory).host}</HostText>,
            ],
            [t('certificates.contact'), acme.contact ?? t('certificates.none')],
            [
              t('certificates.challengesAt'),
              <HostText key="listeners">
                {acme.listeners.map(({ host, port }) => `${host}:${port}`).join(', ') ||
                  t('certificates.theConsolesPort')}
              </HostText>,
            ],
            [
              t('certificates.keys'),
              acme.reuseKey ? t('certificates.keptAtRenewals') : t('certificates.newAtEachRenewalUnlessA'),
            ],
          ]}
        />
        <p className="small tx2">{t('certificates.eachIsRenewedAtTwoThirdsOf')}</p>
        <AlertChannelLink what={t('certificates.aRenewalThatFailsTwice')} isSystem />
      </div>
    </Panel>
  )
}

function Proposals({ certificates }: { readonly certificates: Certificates }) {
  const t = useWords('system')
  const { proposals, configuration } = certificates
  return (
    <Panel title={t('certificates.namesWithoutACertificate')}>
      <div className={stack.stack}>
        <ul className={stack.plain}>
          {proposals.map(({ name, because }) => (
            <li key={name}>
              <HostText>{name}</HostText>
              <p className="small tx2">{becauseWords(t, because)}</p>
            </li>
          ))}
        </ul>
        {configuration !== null && (
          <>
            <p className="small">{t('certificates.inGatepostTomlWithWhichYou')}</p>
            <Block>{configuration}</Block>
            <div>
              <CopyButton value={configuration} label={t('certificates.copyConfiguration')} text />
            </div>
          </>
        )}
      </div>
    </Panel>
  )
}

/** Why a name wants a certificate, as the server's closed list has it. */
function becauseWords(t: Words, because: string): string {
  if (because === 'The name in our greeting') return t('certificates.because.hostname')
  if (because === 'The address of the console') return t('certificates.because.console')
  const domain = /^A mail host of (\S+)$/.exec(because)?.[1]
  return domain === undefined ? because : t('certificates.because.mailHost', { domain })
}
