// What an entry skips and what it never skips (S1): stands where entries are made.

import { IconCheck, IconPlayerSkipForward, IconShieldCheck } from '@tabler/icons-react'
import { useWords, type Words } from '#i18n/i18n.ts'
import { PanelFoot } from '#shared/panel.tsx'
import { usePhone } from '#shared/screen.ts'
import classes from './senders.module.css'

const skippedOf = (t: Words) => [
  t('skipTable.greylisting'),
  t('skipTable.reputation'),
  t('skipTable.strictSpamLevel'),
]
const checkedOf = (t: Words) => [
  t('skipTable.blockedSenders'),
  t('skipTable.antiSpoofing'),
  'DMARC',
  t('skipTable.viruses'),
  t('skipTable.attachments'),
]
const entriesOf = (t: Words) =>
  [
    [t('skipTable.permittedSender'), t('skipTable.policyForEveryoneInScope')],
    [t('skipTable.managedSender'), t('skipTable.onePersonsList')],
    [t('skipTable.autoAllow'), t('skipTable.someoneYouWroteTo120Days')],
  ] as const

export function SkipTable() {
  const t = useWords('senders')
  const phone = usePhone()
  return (
    <section className={classes.framed} aria-label={t('skipTable.whatAnEntrySkips')}>
      {phone ? <SkipLists /> : <WideTable />}
      <PanelFoot>
        <span className="small">{t('skipTable.anEntryThatMatchesThe')}</span>
      </PanelFoot>
    </section>
  )
}

function SkipLists() {
  const t = useWords('senders')
  return (
    <div className={classes.lists}>
      <p className={classes.skipped}>
        <IconPlayerSkipForward size={15} aria-hidden />
        {t('skipTable.skipped')}
      </p>
      <p className="tx2">{skippedOf(t).join(', ')}</p>
      <p className={classes.never}>
        <IconShieldCheck size={15} aria-hidden />
        {t('skipTable.neverSkipped')}
      </p>
      <p className="tx2">{checkedOf(t).join(', ')}</p>
      <p className="small">{t('skipTable.theSameForPermittedSenders')}</p>
    </div>
  )
}

function WideTable() {
  const t = useWords('senders')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: where it scrolls it is reached by keyboard.
    <section className={classes.scroll} aria-label={t('skipTable.tableOfWhatAnEntrySkips')} tabIndex={0}>
      <table className={classes.skips}>
        <caption className="hidden-visually">{t('skipTable.whatAnEntrySkipsAndWhatIt')}</caption>
        <thead>
          <tr>
            <td />
            <th scope="colgroup" colSpan={skippedOf(t).length} className={classes.skipped}>
              <IconPlayerSkipForward size={15} aria-hidden />
              {t('skipTable.skipped')}
            </th>
            <th scope="colgroup" colSpan={checkedOf(t).length} className={classes.never}>
              <IconShieldCheck size={15} aria-hidden />
              {t('skipTable.neverSkipped')}
            </th>
          </tr>
          <tr>
            <th scope="col">{t('skipTable.whatAnEntryDoes')}</th>
            {skippedOf(t).map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            {checkedOf(t).map((name) => (
              <th key={name} scope="col" className={classes.never}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entriesOf(t).map(([name, scope]) => (
            <tr key={name}>
              <th scope="row">
                <span className="strong">{name}</span>
                <span className={classes.scope}>{scope}</span>
              </th>
              {skippedOf(t).map((check) => (
                <td key={check} className={classes.skipped}>
                  {t('skipTable.skipped2')}
                </td>
              ))}
              {checkedOf(t).map((check) => (
                <td key={check} className={classes.never}>
                  <IconCheck size={14} aria-hidden />
                  {t('skipTable.checked')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
