// What a policy does when it is the one that applies: the fields of each type.
import type { PolicyDraft, PolicyType } from '@gatepost/contract/policy.ts'
import { Checkbox, TagsInput } from '@mantine/core'
import { Choice } from './choice.tsx'
import { FirstContact } from './first-contact-fields.tsx'
import type { Change, FaultOf } from './policy-form.tsx'
import { AttachmentHandling, SpamScanning, VirusScanning } from './screening-fields.tsx'
import { RouteField, SecureDelivery, SecureReceipt } from './transport-fields.tsx'

type Props = { readonly draft: PolicyDraft; readonly onChange: Change; readonly faultOf: FaultOf }
type OptionOf<Type extends PolicyType> = Extract<PolicyDraft, { readonly type: Type }>['option']
export type FieldsProps<Type extends PolicyType> = {
  readonly option: OptionOf<Type>
  readonly set: (part: Partial<OptionOf<Type>>) => void
  readonly faultOf: FaultOf
}

export function OptionFields({ draft, onChange, faultOf }: Props) {
  const set = (part: object) => onChange({ option: { ...draft.option, ...part } } as Partial<PolicyDraft>)
  switch (draft.type) {
    case 'permitted-senders':
      return <Permit option={draft.option} set={set} faultOf={faultOf} />
    case 'blocked-senders':
      return (
        <Choice
          label="Action"
          words={blockWords}
          value={draft.option.action}
          onChange={(action) => set({ action })}
        />
      )
    case 'greylisting':
      return (
        <Choice
          label="Action"
          words={greylistWords}
          value={draft.option.action}
          onChange={(action) => set({ action })}
        />
      )
    case 'anti-spoofing':
      return <Spoofing option={draft.option} set={set} faultOf={faultOf} />
    case 'display-name':
      return <DisplayName option={draft.option} set={set} faultOf={faultOf} />
    case 'auto-allow':
      return (
        <Choice
          label="Action"
          words={allowWords}
          value={draft.option.action}
          onChange={(action) => set({ action })}
        />
      )
    case 'dkim-signing':
      return (
        <Choice
          label="Action"
          words={signWords}
          value={draft.option.action}
          onChange={(action) => set({ action })}
        />
      )
    case 'delivery-route':
      return <RouteField option={draft.option} set={set} faultOf={faultOf} />
    case 'secure-delivery':
      return <SecureDelivery option={draft.option} set={set} faultOf={faultOf} />
    case 'secure-receipt':
      return <SecureReceipt option={draft.option} set={set} faultOf={faultOf} />
    case 'virus-scanning':
      return <VirusScanning option={draft.option} set={set} faultOf={faultOf} />
    case 'attachment-handling':
      return <AttachmentHandling option={draft.option} set={set} faultOf={faultOf} />
    case 'spam-scanning':
      return <SpamScanning option={draft.option} set={set} faultOf={faultOf} />
    case 'first-contact':
      return <FirstContact option={draft.option} set={set} faultOf={faultOf} />
    case 'authentication':
      return <Authentication option={draft.option} set={set} faultOf={faultOf} />
  }
}

const permitWords = {
  permit: 'Permit',
  none: 'No action: leave these senders out of a wider permit',
} as const
const blockWords = {
  block: 'Block: refuse with 550',
  none: 'No action: leave these senders out of a wider block',
} as const
const greylistWords = {
  apply: 'Apply: defer the first contact',
  observe: 'Observe: only note what would be deferred',
  none: 'No action: never defer',
} as const
const allowWords = {
  none: 'No action: answers to this mail are not permitted',
  create: 'Permit the answers of those this mail is written to',
} as const
const signWords = {
  none: 'No action: send this mail unsigned',
  sign: 'Sign with the key of the author’s domain',
} as const
const spoofWords = {
  refuse: 'Refuse',
  report: 'Report only: note it in Why and let it in',
  none: 'No action: exempt',
} as const
const nameWords = { none: 'No action', tag: 'Tag the subject', hold: 'Hold', reject: 'Refuse' } as const
const resultWords = {
  none: 'No action',
  'cancel-permits': 'Cancel permits: judge it as unknown',
  hold: 'Hold',
  reject: 'Refuse',
} as const

function Permit({ option, set }: FieldsProps<'permitted-senders'>) {
  return (
    <>
      <Choice
        label="Action"
        words={permitWords}
        value={option.action}
        onChange={(action) => set({ action })}
      />
      <Checkbox
        label="Only if the mail authenticates"
        description="SPF, DKIM or DMARC must vouch for the sender, or anybody can use its address"
        checked={option.onlyIfAuthenticated}
        onChange={(event) => set({ onlyIfAuthenticated: event.currentTarget.checked })}
      />
    </>
  )
}

function Spoofing({ option, set, faultOf }: FieldsProps<'anti-spoofing'>) {
  return (
    <>
      <Choice
        label="Action"
        words={spoofWords}
        value={option.action}
        onChange={(action) => set({ action })}
      />
      <Checkbox
        label="Accept if aligned"
        description="Takes mail whose DKIM signature, or SPF outside of shared clouds, is of the domain itself"
        checked={option.acceptAligned}
        onChange={(event) => set({ acceptAligned: event.currentTarget.checked })}
      />
      <TagsInput
        label="DKIM domains"
        description="Exempt when one of these signed validly"
        value={option.dkimDomains}
        splitChars={[',', ' ', ';', '\n']}
        acceptValueOnBlur
        error={faultOf('option/dkimDomains')}
        onChange={(dkimDomains) => set({ dkimDomains })}
      />
      <TagsInput
        label="SPF domains"
        description="Exempt when the client passes SPF of one of these. Not a cloud that everybody uses: its SPF lets in all its customers."
        value={option.spfDomains}
        splitChars={[',', ' ', ';', '\n']}
        acceptValueOnBlur
        error={faultOf('option/spfDomains')}
        onChange={(spfDomains) => set({ spfDomains })}
      />
    </>
  )
}

function DisplayName({ option, set }: FieldsProps<'display-name'>) {
  return (
    <>
      <Choice label="Action" words={nameWords} value={option.action} onChange={(action) => set({ action })} />
      <Choice
        label="When the real author authenticates"
        words={nameWords}
        value={option.whenAuthenticated}
        onChange={(whenAuthenticated) => set({ whenAuthenticated })}
      />
    </>
  )
}

function Authentication({ option, set }: FieldsProps<'authentication'>) {
  return (
    <>
      <Choice
        label="SPF fails"
        words={resultWords}
        value={option.spfFail}
        onChange={(spfFail) => set({ spfFail })}
      />
      <Choice
        label="DKIM fails"
        words={resultWords}
        value={option.dkimFail}
        onChange={(dkimFail) => set({ dkimFail })}
      />
      <Choice
        label="DMARC fails"
        words={{ honour: 'Honour the domain’s own wish', ...resultWords }}
        value={option.dmarcFail}
        onChange={(dmarcFail) => set({ dmarcFail })}
      />
      <Choice
        label="Nothing found"
        words={resultWords}
        value={option.noneFound}
        onChange={(noneFound) => set({ noneFound })}
      />
    </>
  )
}
