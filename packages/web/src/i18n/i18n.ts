// Words in the reader's language: catalogues are JSON files by language and area, loaded when a page needs
// them. The only file that knows i18next; docs/internals/translations.md tells how to add a language.
import i18next, { type BackendModule, type TFunction } from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { chooseLanguage, FALLBACK, setLocale } from './language.ts'

const catalogues = import.meta.glob<{ readonly default: Record<string, unknown> }>('./*/*.json')

/** Areas with a catalogue each. */
export type Area =
  | 'archive'
  | 'shell'
  | 'entry'
  | 'connect'
  | 'dashboard'
  | 'portal'
  | 'account'
  | 'messages'
  | 'queue'
  | 'policies'
  | 'held'
  | 'protection'
  | 'flow'
  | 'senders'
  | 'settings'
  | 'system'
  | 'alerts'
  | 'retention'
  | 'audit'
  | 'roles'
  | 'signin'
  | 'directories'
  | 'domains'
  | 'users'
  | 'guides'
  | 'problems'
  | 'said'
  | 'instructions'
  | 'reasons'

/** Languages that have a catalogue of the shell, English first. */
export const languages: readonly string[] = Object.keys(catalogues)
  .flatMap((path) => /^\.\/([\w-]+)\/shell\.json$/.exec(path)?.[1] ?? [])
  .sort((one, other) => Number(other === FALLBACK) - Number(one === FALLBACK) || one.localeCompare(other))

const files: BackendModule = {
  type: 'backend',
  init: () => {},
  read: (language, area, done) => {
    const load = catalogues[`./${language}/${area}.json`]
    if (!load) return done(null, {})
    load().then(
      (file) => done(null, file.default as never),
      (error: unknown) => done(error as Error, null),
    )
  },
}

/** All areas that have an English catalogue: for tests, which draw pages without waiting for words. */
export const everyArea: readonly string[] = Object.keys(catalogues).flatMap(
  (path) => /^\.\/en\/(\w+)\.json$/.exec(path)?.[1] ?? [],
)

/** Loads the words of areas in the reader's language; what is not translated shows in English. */
export async function startWords(language?: string, areas: readonly string[] = ['shell']): Promise<void> {
  i18next.on('languageChanged', (language) => {
    setLocale(language)
    if (globalThis.document) document.documentElement.lang = language === FALLBACK ? 'en-GB' : language
  })
  await i18next
    .use(files)
    .use(initReactI18next)
    .init({
      lng: language ?? chooseLanguage(languages),
      fallbackLng: FALLBACK,
      ns: [...areas],
      defaultNS: 'shell',
      // React escapes what it draws.
      interpolation: { escapeValue: false },
      returnEmptyString: false,
    })
}

/** A text of the shell for what is no component, such as checks of fields; English before words are there. */
export function said(
  key: string,
  english: string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  if (i18next.isInitialized) return i18next.t(key, { ns: 'shell', defaultValue: english, ...values })
  return english.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''))
}

/** Gives the text of a key in the reader’s language. */
export type Words = TFunction

/** The words of an area; the page waits until they are there. */
export function useWords(area: Area): TFunction {
  return useTranslation(area).t as TFunction
}

/** As `useWords`, for what has to show at once: until the words are there each key gives its default. */
export function useWordsSoon(area: Area): TFunction {
  return useTranslation(area, { useSuspense: false }).t as TFunction
}

/** The English texts of an area that has no groups, by key; none before they are loaded. */
export function englishOf(area: Area): Readonly<Record<string, string>> {
  return (i18next.getResourceBundle(FALLBACK, area) as Record<string, string> | undefined) ?? {}
}

/** Shows every page in a language, once its words are there. */
export async function showIn(language: string): Promise<void> {
  await i18next.changeLanguage(language)
}

/** The language in use, and the way to another; the choice is kept in this browser. */
export function useLanguage(): readonly [string, (language: string) => void] {
  const { i18n } = useTranslation('shell')
  const change = (language: string) => {
    localStorage.setItem('gatepost-language', language)
    void showIn(language)
  }
  return [i18n.resolvedLanguage ?? FALLBACK, change]
}

/** A language's own name, such as Deutsch. */
export function nameOfLanguage(language: string): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1)
}
