// Zod would probe for eval, which the page's CSP reports as a violation; told so before the first schema is built.
import { config } from 'zod'

config({ jitless: true })
