// Where the records are entered: the DNS provider by its name servers, and everything to publish as a zone
// file.
import { type Domain, getDomainZone } from '@gatepost/contract/domain.ts'
import { Button, Select } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { apexLine, dnsProviders, providerOf } from '#connect/instructions/dns-providers.ts'
import { saveFile } from '#shared/clipboard.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Block, ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'

const OTHER = 'Another provider'

export function ZoneView({ domain }: { readonly domain: Domain }) {
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
        label="DNS provider"
        description={
          data.nameServers.length === 0
            ? 'The name servers of the domain did not answer.'
            : `Name servers: ${data.nameServers.join(', ')}`
        }
        data={[...dnsProviders.map((one) => one.name), OTHER]}
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
        <p className="tx2">
          Find the table of records (often called “DNS”, “Zone” or “Name servers”), and add each record below.
          If a name appears with the domain twice afterwards, enter the short name.
        </p>
      )}
      <Block>{data.zone}</Block>
      <div className={stack.row}>
        <CopyButton value={data.zone} label="Copy all records" text />
        <Button
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
          onClick={() => saveFile(`${data.domain}.zone`, data.zone, 'text/plain')}
        >
          Zone file
        </Button>
      </div>
    </div>
  )
}
