// Shows a message's HTML behind two walls: cleaned by DOMPurify, and in a frame of its own without scripts,
// origin or network. Pictures from elsewhere are never loaded (H3, abuse case 58).

import { SegmentedControl } from '@mantine/core'
import DOMPurify from 'dompurify'
import { useMemo, useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
import classes from './mail-view.module.css'

/** Nothing may be fetched, run or sent from inside; styles stand in the message itself. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src 'none'; form-action 'none'; base-uri 'none'"
const STYLE =
  'body{font:14px/1.5 system-ui,sans-serif;color:#16181d;background:#fff;margin:12px;overflow-wrap:anywhere}' +
  'img{max-width:100%}a{color:#2b3fa0}table{max-width:100%}'
const FORBIDDEN_TAGS = [
  'style',
  'link',
  'meta',
  'base',
  'form',
  'input',
  'button',
  'iframe',
  'object',
  'embed',
  'svg',
  'math',
  'video',
  'audio',
  'source',
]
const FORBIDDEN_ATTRIBUTES = ['srcset', 'background', 'action', 'formaction', 'ping', 'target', 'href']

/** The message's HTML as a document that loads nothing: links are words, foreign pictures are left out. */
export function safeDocument(html: string): string {
  const clean = DOMPurify.sanitize(html, {
    FORBID_TAGS: FORBIDDEN_TAGS,
    FORBID_ATTR: FORBIDDEN_ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    // Pictures inside the message only: anything else would tell the sender that somebody looked.
    ALLOWED_URI_REGEXP: /^data:image\/(?:png|gif|jpe?g|webp);/i,
  })
  const head = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><style>${STYLE}</style>`
  return `<!doctype html><html><head>${head}</head><body>${clean}</body></html>`
}

type Props = { readonly text: string; readonly html: string | null; readonly label: string }

/** Words first; the HTML by choice, since its looks are what a forger works with. */
export function MailView({ text, html, label }: Props) {
  const words = useWords('shell')
  const [look, setLook] = useState<'text' | 'html'>(text.trim() === '' && html !== null ? 'html' : 'text')
  const page = useMemo(() => (look === 'html' && html !== null ? safeDocument(html) : null), [look, html])
  return (
    <div className={classes.view}>
      {html !== null && (
        <SegmentedControl
          size="xs"
          aria-label={words('mailView.how')}
          value={look}
          onChange={(value) => setLook(value as 'text' | 'html')}
          data={[
            { value: 'text', label: words('mailView.words') },
            { value: 'html', label: words('mailView.written') },
          ]}
        />
      )}
      {page === null ? (
        <section
          className={classes.text}
          aria-label={label}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a long message scrolls, by keyboard too
          tabIndex={0}
        >
          {text.trim() === '' ? words('mailView.none') : text}
        </section>
      ) : (
        <iframe
          className={classes.frame}
          title={label}
          sandbox=""
          referrerPolicy="no-referrer"
          srcDoc={page}
        />
      )}
      {look === 'html' && <p className="small tx2">{words('mailView.left')}</p>}
    </div>
  )
}
