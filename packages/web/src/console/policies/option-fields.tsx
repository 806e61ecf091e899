// What a policy does when it is the one that applies: the fields of each type.
import type { PolicyDraft, PolicyType } from '@gatepost/contract/policy.ts'
import { Checkbox, TagsInput } from '@mantine/core'
import { useWords } from '#i18n/i18n.ts'
import { Choice } from './choice.tsx'
import { FirstContact } from './first-contact-fields.tsx'
import type { Change, FaultOf } from './policy-form.tsx'
import { AttachmentHandling, SpamScanning, VirusScanning } from './screening-fields.tsx'
import { RouteField, SecureDelivery, SecureReceipt } from './transport-fields.tsx'

type Props = { readonly draft: PolicyDraft; readonly onChange: Change; readonly faultOf: FaultOf }
type Part = Partial<PolicyDraft>
type OptionOf<Type extends PolicyType> = Extract<PolicyDraft, { readonly type: Type }>['option']
export type FieldsProps<Type extends PolicyType> = {
  readonly option: OptionOf<Type>
  readonly set: (part: Partial<OptionOf<Type>>) => void
  readonly faultOf: FaultOf
}

export function OptionFields({ draft, onChange, faultOf }: Props) {
  const words = useWords('policies')
  const set = (part: object) => onChange({ option: { ...draft.option, ...part } } as Part)
  switch (draft.type) {
    case 'permitted-senders':
      return <Permit option={draft.option} set={set} faultOf={faultOf} />
    case 'blocked-senders':
      return (
        <Choice
          label={words('option.action')}
          of="option.block"
          values={BLOCK}
          value={draft.option.action}
          onChange={(action) => set({ action })}
        />
      )
    case 'greylisting':
      return (
        <Choice
          label={words('option.action')}
          of="option.greylist"
          values={GREYLIST}
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
          label={words('option.action')}
          of="option.allow"
          values={ALLOW}
          value={draft.option.action}
          onChange={(action) => set({ action })}
        />
      )
    case 'dkim-signing':
      return (
        <Choice
          label={words('option.action')}
          of="option.sign"
          values={SIGN}
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

const PERMIT = ['permit', 'none'] as const
const BLOCK = ['block', 'none'] as const
const GREYLIST = ['apply', 'observe', 'none'] as const
const ALLOW = ['none', 'create'] as const
const SIGN = ['none', 'sign'] as const
const SPOOF = ['refuse', 'report', 'none'] as const
const NAME = ['none', 'tag', 'hold', 'reject'] as const
const RESULT = ['none', 'cancel-permits', 'hold', 'reject'] as const
const DMARC_RESULT = ['honour', ...RESULT] as const

function Permit({ option, set }: FieldsProps<'permitted-senders'>) {
  const words = useWords('policies')
  return (
    <>
      <Choice
        label={words('option.action')}
        of="option.permit"
        values={PERMIT}
        value={option.action}
        onChange={(action) => set({ action })}
      />
      <Checkbox
        label={words('option.onlyAuthenticated')}
        description={words('option.onlyAuthenticatedText')}
        checked={option.onlyIfAuthenticated}
        onChange={(event) => set({ onlyIfAuthenticated: event.currentTarget.checked })}
      />
    </>
  )
}

function Spoofing({ option, set, faultOf }: FieldsProps<'anti-spoofing'>) {
  const words = useWords('policies')
  return (
    <>
      <Choice
        label={words('option.action')}
        of="option.spoof"
        values={SPOOF}
        value={option.action}
        onChange={(action) => set({ action })}
      />
      <Checkbox
        label={words('option.aligned')}
        description={words('option.alignedText')}
        checked={option.acceptAligned}
        onChange={(event) => set({ acceptAligned: event.currentTarget.checked })}
      />
      <TagsInput
        label={words('option.dkimDomains')}
        description={words('option.dkimDomainsText')}
        value={option.dkimDomains}
        splitChars={[',', ' ', ';', '\n']}
        acceptValueOnBlur
        error={faultOf('option/dkimDomains')}
        onChange={(dkimDomains) => set({ dkimDomains })}
      />
      <TagsInput
        label={words('option.spfDomains')}
        description={words('option.spfDomainsText')}
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
  const words = useWords('policies')
  return (
    <>
      <Choice
        label={words('option.action')}
        of="option.name"
        values={NAME}
        value={option.action}
        onChange={(action) => set({ action })}
      />
      <Choice
        label={words('option.whenAuthenticated')}
        of="option.name"
        values={NAME}
        value={option.whenAuthenticated}
        onChange={(whenAuthenticated) => set({ whenAuthenticated })}
      />
    </>
  )
}

function Authentication({ option, set }: FieldsProps<'authentication'>) {
  const words = useWords('policies')
  return (
    <>
      <Choice
        label={words('option.spfFails')}
        of="option.result"
        values={RESULT}
        value={option.spfFail}
        onChange={(spfFail) => set({ spfFail })}
      />
      <Choice
        label={words('option.dkimFails')}
        of="option.result"
        values={RESULT}
        value={option.dkimFail}
        onChange={(dkimFail) => set({ dkimFail })}
      />
      <Choice
        label={words('option.dmarcFails')}
        of="option.result"
        values={DMARC_RESULT}
        value={option.dmarcFail}
        onChange={(dmarcFail) => set({ dmarcFail })}
      />
      <Choice
        label={words('option.nothingFound')}
        of="option.result"
        values={RESULT}
        value={option.noneFound}
        onChange={(noneFound) => set({ noneFound })}
      />
    </>
  )
}
