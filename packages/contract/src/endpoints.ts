// Every endpoint of the API in one list: bind, OpenAPI, the client and the isolation test read it.

import type { Endpoint } from './endpoint.ts'
import { accessEndpoints } from './endpoints-access.ts'
import { mailEndpoints } from './endpoints-mail.ts'
import { routingEndpoints } from './endpoints-routing.ts'

export const endpoints: readonly Endpoint[] = [...accessEndpoints, ...routingEndpoints, ...mailEndpoints]
