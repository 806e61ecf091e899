// What an entry skips and what it never skips (S1): stands where entries are made.
import { IconCheck, IconPlayerSkipForward, IconShieldCheck } from '@tabler/icons-react'
import { PanelFoot } from '#shared/panel.tsx'
import classes from './senders.module.css'

const SKIPPED = ['Greylisting', 'Reputation', 'Strict spam level']
const CHECKED = ['Blocked senders', 'Anti-spoofing', 'DMARC', 'Viruses', 'Attachments']
const ENTRIES = [
  ['Permitted sender', 'policy, for everyone in scope'],
  ['Managed sender', 'one person’s list'],
  ['Auto allow', 'someone you wrote to, 120 days'],
] as const

export function SkipTable() {
  return (
    <section className={classes.framed} aria-label="What an entry skips">
      <div className={classes.scroll}>
        <table className={classes.skips}>
          <caption className="hidden-visually">What an entry skips, and what it never skips</caption>
          <thead>
            <tr>
              <td />
              <th scope="colgroup" colSpan={SKIPPED.length} className={classes.skipped}>
                <IconPlayerSkipForward size={15} aria-hidden /> Skipped
              </th>
              <th scope="colgroup" colSpan={CHECKED.length} className={classes.never}>
                <IconShieldCheck size={15} aria-hidden /> Never skipped
              </th>
            </tr>
            <tr>
              <th scope="col">What an entry does</th>
              {SKIPPED.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              {CHECKED.map((name) => (
                <th key={name} scope="col" className={classes.never}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ENTRIES.map(([name, scope]) => (
              <tr key={name}>
                <th scope="row">
                  <span className="strong">{name}</span>
                  <span className={classes.scope}>{scope}</span>
                </th>
                {SKIPPED.map((check) => (
                  <td key={check} className={classes.skipped}>
                    Skipped
                  </td>
                ))}
                {CHECKED.map((check) => (
                  <td key={check} className={classes.never}>
                    <IconCheck size={14} aria-hidden /> Checked
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <PanelFoot>
        <span className="small">
          An entry that matches the header From alone is seen after greylisting: it skips the strict spam
          level only. An administrator’s block always wins.
        </span>
      </PanelFoot>
    </section>
  )
}
