// Which language a reader gets, and the locale in which numbers and dates are written.

export const FALLBACK = 'en'

let current = 'en-GB'

/** Of `Intl`: British English until a language was chosen. */
export const locale = () => current

export function setLocale(language: string): void {
  current = language === FALLBACK ? 'en-GB' : language
}

/**
 * What was chosen in this browser, else the first of the browser's languages (Accept-Language) that is there.
 */
export function chooseLanguage(
  there: readonly string[],
  chosen = localStorage.getItem('gatepost-language'),
  wanted: readonly string[] = navigator.languages,
): string {
  for (const one of [chosen ?? '', ...wanted]) {
    const found =
      there.find((language) => language === one) ?? there.find((language) => one.split('-')[0] === language)
    if (found !== undefined) return found
  }
  return FALLBACK
}
