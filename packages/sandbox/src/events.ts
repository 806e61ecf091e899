// Things that go wrong, or merely happen, at the press of a button; each says what to look at in the console.
import type { Directories } from './directories.ts'
import { LEAVER, NEWCOMER, personOfFirstDay } from './people.ts'
import { pause } from './platform.ts'
import type { World } from './world.ts'
import { ACME } from './world-zones.ts'

export type EventKind =
  | 'proof-gone'
  | 'mx-back'
  | 'dns-silent'
  | 'host-down'
  | 'lock'
  | 'partner-tls'
  | 'spam-wave'
  | 'leaver'
  | 'newcomer'
  | 'throttling'
  | 'secret-ends'

export type EventState = {
  readonly kind: EventKind
  readonly group: 'DNS' | 'Mail hosts' | 'Mail' | 'Directory'
  readonly title: string
  /** What to look at in the console, and when. */
  readonly look: string
  /** Null for what happens once and is over. */
  readonly isOn: boolean | null
}

export type Events = {
  readonly list: () => readonly EventState[]
  /** Lets it happen, or ends it. */
  readonly set: (kind: EventKind, on: boolean) => Promise<void>
}

type Definition = Omit<EventState, 'isOn'> & {
  readonly isOn: () => boolean | null
  readonly set: (on: boolean) => void | Promise<void>
}

export type Stage = { readonly world: World; readonly directories: Directories | null }

const WAVE_MESSAGES = 40
const WAVE_HOSTS = 20
const WAVE_PAUSE_MS = 50
const THROTTLED_ANSWERS = 30

export function createEvents(stage: Stage): Events {
  const { world, directories } = stage
  const definitions: readonly Definition[] = [
    ...dnsEvents(world),
    ...hostEvents(world),
    spamWave(world),
    ...(directories === null ? [] : directoryEvents(directories, world)),
  ]
  return {
    list: () => definitions.map(({ set: _, isOn, ...rest }) => ({ ...rest, isOn: isOn() })),
    set: async (kind, on) => {
      await definitions.find((one) => one.kind === kind)?.set(on)
    },
  }
}

export function isEventKind(events: Events, text: string): text is EventKind {
  return events.list().some(({ kind }) => kind === text)
}

function dnsEvents({ dns }: World): readonly Definition[] {
  const { zones, faults } = dns
  const { domain } = ACME
  let proof: readonly string[] = []
  let mx: readonly string[] = []
  return [
    {
      kind: 'proof-gone',
      group: 'DNS',
      title: 'Somebody deletes the proof of ownership',
      look: 'Validate your domains: needs attention after the second look without it; mail goes on.',
      isOn: () => proof.length > 0,
      set: (on) => {
        const texts = zones.get(domain, 'TXT')
        if (!on) {
          zones.set(domain, 'TXT', [...texts, ...proof])
          proof = []
          return
        }
        proof = texts.filter((value) => !value.startsWith('"v=spf1'))
        const rest = texts.filter((value) => !proof.includes(value))
        if (proof.length > 0 && rest.length > 0) zones.set(domain, 'TXT', rest)
      },
    },
    {
      kind: 'mx-back',
      group: 'DNS',
      title: 'Somebody puts the old MX record back',
      look: 'Modify your MX record: the old host is named as left over, and the step needs attention.',
      isOn: () => mx.length > 0,
      set: (on) => {
        if (on) mx = zones.get(domain, 'MX')
        zones.set(domain, 'MX', on ? ['10 mx.oldhost.example.'] : mx)
        if (!on) mx = []
      },
    },
    {
      kind: 'dns-silent',
      group: 'DNS',
      title: 'The name servers of acme.example fall silent',
      look: 'Each check says “not verified” with its reason; nothing turns red for one failed look-up.',
      isOn: () => faults.for(domain) !== null,
      set: (on) => {
        if (on) faults.set(domain, { kind: 'servfail' }, { below: true })
        else faults.clear(domain)
      },
    },
  ]
}

function hostEvents(world: World): readonly Definition[] {
  let isTlsBroken = false
  return [
    {
      kind: 'host-down',
      group: 'Mail hosts',
      title: 'Acme’s mail host goes down',
      look: 'Queue: mail waits with the time of its next attempt; it is delivered once the host is back.',
      isOn: () => world.mailbox().isDown(),
      set: (on) => world.mailbox().setDown(on),
    },
    {
      kind: 'lock',
      group: 'Mail hosts',
      title: 'The firewall lets in the gateway only',
      look: 'Secure your inbound email: the probe from outside finds the way past Gatepost closed.',
      isOn: () => world.isLocked(),
      set: (on) => world.setLocked(on),
    },
    {
      kind: 'partner-tls',
      group: 'Mail hosts',
      title: 'The partner’s TLS breaks',
      look: 'Messages to bright.example: sent without TLS, or waiting where a TLS policy demands it.',
      isOn: () => isTlsBroken,
      set: (on) => {
        isTlsBroken = on
        const broken = {
          verb: 'STARTTLS',
          reply: '454 4.7.0 TLS not available due to temporary reason',
        } as const
        world.outside.script(...(on ? [broken] : []))
      },
    },
  ]
}

/** From many addresses to everybody and nobody, as botnets do it: each tries once. */
function spamWave(world: World): Definition {
  const names = ['ann', 'bob', 'sales', 'info', 'office', 'admin', 'paul', 'mary']
  let running = 0
  const send = async (): Promise<void> => {
    running += 1
    for (let nth = 0; nth < WAVE_MESSAGES; nth += 1) {
      const sourceIp = `192.0.2.${130 + (nth % WAVE_HOSTS)}`
      const to = `${names[nth % names.length]}@${ACME.domain}`
      const reversePath = `offer${nth}@lottery.example`
      await world.act('spam', { sourceIp, to, reversePath, author: `Offer ${nth} <${reversePath}>` })
      await pause(WAVE_PAUSE_MS)
    }
    running -= 1
  }
  return {
    kind: 'spam-wave',
    group: 'Mail',
    title: `A wave of spam: ${WAVE_MESSAGES} messages from ${WAVE_HOSTS} addresses`,
    look: 'Dashboard and Messages: greylisted and unknown recipients refused; none reaches a mailbox.',
    isOn: () => null,
    set: (on) => {
      if (on && running === 0) void send()
    },
  }
}

function directoryEvents(directories: Directories, world: World): readonly Definition[] {
  const { people, graph, google, ldapPassword } = directories
  const password = ldapPassword.value
  const isEnded = () =>
    ldapPassword.value !== password || graph.app.state !== 'fine' || !google.state.delegated
  return [
    {
      kind: 'leaver',
      group: 'Directory',
      title: 'Bob Brown leaves',
      look: 'Directories: the next synchronisation removes him after its grace; his mail is refused then.',
      isOn: () => !people.has(LEAVER),
      set: (on) => {
        const back = personOfFirstDay(LEAVER)
        if (on) people.leave(LEAVER)
        else if (back) people.join(back)
      },
    },
    {
      kind: 'newcomer',
      group: 'Directory',
      title: 'Zoe Zimmer joins',
      look: 'Synchronise now, or wait for the schedule: mail for her is taken seconds later.',
      isOn: () => people.has(NEWCOMER.name),
      set: (on) => (on ? people.join(NEWCOMER) : people.leave(NEWCOMER.name)),
    },
    {
      kind: 'throttling',
      group: 'Directory',
      title: 'Graph and Google ask to slow down',
      look: 'Directories: the run takes longer and says why; nobody is removed for it.',
      isOn: () => graph.faults.throttle > 0 || google.faults.rateLimit > 0,
      set: (on) => {
        graph.faults.retryAfterSeconds = 1
        graph.faults.throttle = on ? THROTTLED_ANSWERS : 0
        google.faults.rateLimit = on ? THROTTLED_ANSWERS : 0
      },
    },
    {
      kind: 'secret-ends',
      group: 'Directory',
      title: 'The directory’s password or secret ends',
      look: 'Directories: the sign-in step fails with what to do; people stay as they are.',
      isOn: isEnded,
      set: (on) => {
        const isGoogle = world.environment() === 'google-workspace'
        ldapPassword.value = on && !isGoogle ? `${password}-changed` : password
        graph.app.state = on && !isGoogle ? 'secret-expired' : 'fine'
        google.state.delegated = !(on && isGoogle)
        if (on) graph.revokeTokens()
        if (on) google.revokeTokens()
      },
    },
  ]
}
