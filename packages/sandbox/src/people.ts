// Who works at Acme: one list that its directories show, each in its own words. People join and leave by
// events.
import { createHash } from 'node:crypto'
import type { GoogleServer } from './google-directory.ts'
import type { GraphServer } from './graph.ts'
import type { LdapEntry } from './ldap/filter.ts'

export type Person = {
  /** Before the @ of every address. */
  readonly name: string
  readonly displayName: string
  readonly aliases: readonly string[]
}

export type People = {
  readonly list: () => readonly Person[]
  readonly has: (name: string) => boolean
  readonly join: (person: Person) => void
  readonly leave: (name: string) => void
  /** Called after each change, and once at once. */
  readonly follow: (changed: () => void) => void
  /** Grows with each change. */
  readonly version: () => number
}

export const DOMAIN = 'acme.example'
export const LDAP_BASE = 'DC=acme,DC=example'
export const LDAP_ACCOUNT = { name: 'sync@acme.example', password: 'read-only-2026' } as const
const USERS = `OU=Users,${LDAP_BASE}`

const FIRST_DAY: readonly Person[] = [
  { name: 'ada', displayName: 'Ada Admin', aliases: [] },
  { name: 'ann', displayName: 'Ann Archer', aliases: [] },
  { name: 'bob', displayName: 'Bob Brown', aliases: ['robert'] },
  { name: 'sales', displayName: 'Sales', aliases: [] },
]

/** Joins by the event *A newcomer*; its mailbox is there from the first day. */
export const NEWCOMER: Person = { name: 'zoe', displayName: 'Zoe Zimmer', aliases: [] }
/** Leaves by the event *A leaver*. */
export const LEAVER = 'bob'

export function createPeople(): People {
  const people = new Map(FIRST_DAY.map((person) => [person.name, person]))
  const followers: (() => void)[] = []
  let version = 0
  const changed = (): void => {
    version += 1
    for (const follower of followers) follower()
  }
  return {
    list: () => [...people.values()],
    has: (name) => people.has(name),
    join(person) {
      people.set(person.name, person)
      changed()
    },
    leave(name) {
      if (people.delete(name)) changed()
    },
    follow(follower) {
      followers.push(follower)
      follower()
    },
    version: () => version,
  }
}

/** A person of the first day, who may come back. */
export function personOfFirstDay(name: string): Person | undefined {
  return FIRST_DAY.find((person) => person.name === name)
}

/** The same id for the same person in every run, so that a directory that goes on knows them again. */
function idOf(name: string): string {
  const hex = createHash('sha256').update(`sandbox ${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const addressesOf = ({ name, aliases }: Person): readonly string[] =>
  [name, ...aliases].map((local) => `${local}@${DOMAIN}`)

/** Active Directory's entries: the account that reads, people, and a group of them. */
export function ldapEntriesOf(people: People): readonly LdapEntry[] {
  const dnOf = ({ displayName }: Person): string => `CN=${displayName},${USERS}`
  const entry = (
    dn: string,
    id: string,
    values: readonly (readonly [string, readonly string[]])[],
  ): LdapEntry => ({
    dn,
    attributes: new Map<string, readonly (string | Buffer)[]>([
      ['objectGUID', [Buffer.from(idOf(id).replaceAll('-', ''), 'hex')]],
      ...values,
    ]),
  })
  const user = ['top', 'person', 'organizationalPerson', 'user']
  const account = entry(`CN=sync,${USERS}`, 'sync', [
    ['objectClass', user],
    ['objectCategory', ['person']],
    ['cn', ['sync']],
    ['sAMAccountName', ['sync']],
    ['userPrincipalName', [LDAP_ACCOUNT.name]],
    // A usual account whose password never ends.
    ['userAccountControl', ['66048']],
  ])
  const persons = people.list().map((person) => {
    const [first = '', ...others] = addressesOf(person)
    return entry(dnOf(person), person.name, [
      ['objectClass', user],
      ['objectCategory', ['person']],
      ['cn', [person.displayName]],
      ['displayName', [person.displayName]],
      ['sAMAccountName', [person.name]],
      ['userPrincipalName', [first]],
      ['mail', [first]],
      ['proxyAddresses', [`SMTP:${first}`, ...others.map((other) => `smtp:${other}`)]],
      ['userAccountControl', ['512']],
    ])
  })
  const staff = entry(`CN=Everybody,${USERS}`, 'everybody', [
    ['objectClass', ['top', 'group']],
    ['objectCategory', ['group']],
    ['cn', ['Everybody']],
    ['displayName', ['Everybody']],
    ['mail', [`everybody@${DOMAIN}`]],
    ['member', people.list().map(dnOf)],
  ])
  return [account, ...persons, staff]
}

/** Keeps a made-up Entra tenant as the list is. */
export function fillGraph(people: People, { objects }: GraphServer): void {
  people.follow(() => {
    const ids = new Set(people.list().map(({ name }) => idOf(name)))
    for (const { id } of objects.list('users')) if (!ids.has(id)) objects.remove('users', id, 'changed')
    const known = new Set(objects.list('users').map(({ id }) => id))
    for (const person of people.list()) {
      const [first = '', ...others] = addressesOf(person)
      if (known.has(idOf(person.name))) continue
      objects.put('users', {
        id: idOf(person.name),
        displayName: person.displayName,
        mail: first,
        userPrincipalName: first,
        proxyAddresses: [`SMTP:${first}`, ...others.map((other) => `smtp:${other}`)],
        accountEnabled: true,
        userType: 'Member',
      })
    }
  })
}

/** Keeps a made-up Workspace as the list is. */
export function fillGoogle(people: People, { users }: GoogleServer): void {
  people.follow(() => {
    users.clear()
    for (const person of people.list()) {
      const [first = '', ...others] = addressesOf(person)
      users.set(idOf(person.name), {
        id: idOf(person.name),
        primaryEmail: first,
        name: { fullName: person.displayName },
        aliases: others,
        suspended: false,
        isMailboxSetup: true,
        orgUnitPath: '/',
      })
    }
  })
}
