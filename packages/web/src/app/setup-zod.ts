// Zod would probe for eval, which the page's CSP reports as a violation: it is told beforehand.
import { config } from 'zod'

config({ jitless: true })
