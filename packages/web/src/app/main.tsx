// Entry of the console: parsing without eval (our CSP forbids it), styles, then the application.
import './setup-zod.ts'
import './tokens.css'
import './fonts.css'
import './mantine.css'
import './base.css'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { shareNonce } from './theme.ts'

shareNonce()

const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)
