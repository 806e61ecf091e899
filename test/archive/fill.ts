// Fills an archive until it is killed, and says what was acknowledged: the other half of the test that kills
// it.
import { openPlace, put } from './place.ts'

const [data = '', tenantId = '', round = ''] = process.argv.slice(2)
const AT_ONCE = 8
const place = await openPlace(data)
let next = 0
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (;;) {
      next += 1
      const name = `r${round}n${next}`
      await put(place, tenantId, { name })
      process.stdout.write(`${name}\n`)
    }
  }),
)
