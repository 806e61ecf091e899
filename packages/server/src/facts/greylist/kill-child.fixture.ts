// A process that writes deferrals in batches and says how many are on file, until it is killed.
import { GreylistStore, openGreylistDatabase } from './store.ts'

const store = new GreylistStore(openGreylistDatabase(process.argv[2] ?? ''))
const at = Date.UTC(2026, 10, 22)

for (let written = 0; written < 1_000_000; ) {
  const changes = Array.from({ length: 50 }, (_, n) => {
    const number = String(written + n).padStart(9, '0')
    const identity = `net:192.0.2.0/24 s${number}.example`
    return {
      kind: 'deferred' as const,
      attempt: {
        id: `gre_${number}`,
        tenantId: 'acme',
        reversePath: `x@s${number}.example`,
        forwardPath: 'ann@acme.example',
        clientIp: '192.0.2.7',
        clientName: null,
        helo: 'x',
        identity,
        keys: [identity],
        firstAt: at,
        lastAt: at,
        attempts: 1,
      },
    }
  })
  store.apply(changes)
  written += changes.length
  process.stdout.write(`${written}\n`)
}
