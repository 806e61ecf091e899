// Where the records are entered: the DNS provider by its name servers, and everything to publish as a zone
// file.

import { type Domain, getDomainZone } from '@gatepost/contract/domain.ts'
import { Button, Select } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { apexLine, dnsProviders, providerOf } from '#connect/instructions/dns-providers.ts'
import { useWords } from '#i18n/i18n.ts'
import { saveFile } from '#shared/clipboard.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Block, ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'

/** No name of a provider. */ const OTHER = ''

export function ZoneView({ domain }: { readonly domain: Domain }) {
  const t = useWords('domains')
  const tenant = useSlug()
  const { data, error } = useEndpoint(getDomainZone, { params: { tenant, domain: domain.id } })
  const [chosen, setChosen] = useState<string | null>(null)
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  const found = providerOf(data.nameServers)
  const name = chosen ?? found?.name ?? OTHER
  const provider = dnsProviders.find((one) => one.name === name) ?? null
  return (
    <div className={stack.stack}>
      <Select
        label={t('zone.provider')}
        description={
          data.nameServers.length === 0
            ? t('zone.silent')
            : t('zone.servers', { names: data.nameServers.join(', ') })
        }
        data={[
          ...dnsProviders.map((one) => ({ value: one.name, label: one.name })),
          { value: OTHER, label: t('zone.other') },
        ]}
        value={name}
        onChange={setChosen}
        allowDeselect={false}
        searchable
        maw={420}
      />
      {provider ? (
        <div>
          <p>{provider.path}</p>
          <p className="tx2">
            {apexLine(provider)} {provider.caution}
          </p>
        </div>
      ) : (
        <p className="tx2">{t('zone.find')}</p>
      )}
      <Block>{data.zone}</Block>
      <div className={stack.row}>
        <CopyButton value={data.zone} label={t('zone.copy')} text />
        <Button
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
          onClick={() => saveFile(`${data.domain}.zone`, data.zone, 'text/plain')}
        >
          {t('zone.file')}
        </Button>
      </div>
    </div>
  )
}
