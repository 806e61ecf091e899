// What an entry skips and what it never skips (S1): stands where entries are made.
import { IconCheck, IconPlayerSkipForward, IconShieldCheck } from '@tabler/icons-react'
import { PanelFoot } from '#shared/panel.tsx'
import { usePhone } from '#shared/screen.ts'
import classes from './senders.module.css'

const SKIPPED = ['Greylisting', 'Reputation', 'Strict spam level']
const CHECKED = ['Blocked senders', 'Anti-spoofing', 'DMARC', 'Viruses', 'Attachments']
const ENTRIES = [
  ['Permitted sender', 'policy, for everyone in scope'],
  ['Managed sender', 'one person’s list'],
  ['Auto allow', 'someone you wrote to, 120 days'],
] as const

export function SkipTable() {
  const phone = usePhone()
  return (
    <section className={classes.framed} aria-label="What an entry skips">
      {phone ? <SkipLists /> : <WideTable />}
      <PanelFoot>
        <span className="small">
          An entry that matches the header From alone is seen after greylisting: it skips the strict spam
          level only. An administrator’s block always wins.
        </span>
      </PanelFoot>
    </section>
  )
}

function SkipLists() {
  return (
    <div className={classes.lists}>
      <p className={classes.skipped}>
        <IconPlayerSkipForward size={15} aria-hidden /> Skipped
      </p>
      <p className="tx2">{SKIPPED.join(', ')}</p>
      <p className={classes.never}>
        <IconShieldCheck size={15} aria-hidden /> Never skipped
      </p>
      <p className="tx2">{CHECKED.join(', ')}</p>
      <p className="small">
        The same for permitted senders of policies, for managed senders of one person, and for auto allow.
      </p>
    </div>
  )
}

function WideTable() {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: where it scrolls it is reached by keyboard.
    <section className={classes.scroll} aria-label="Table of what an entry skips" tabIndex={0}>
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
    </section>
  )
}
