// Entry of the console: parsing without eval (our CSP forbids it), styles, then the application.
import './setup-zod.ts'
import './tokens.css'
import './fonts.css'
import './mantine.css'
import './base.css'
import './print.css'
import { createRoot } from 'react-dom/client'
import { startWords } from '#i18n/i18n.ts'
import { App } from './app.tsx'
import { shareNonce } from './theme.ts'

shareNonce()

const root = document.getElementById('root')
if (root) void startWords().then(() => createRoot(root).render(<App />))
