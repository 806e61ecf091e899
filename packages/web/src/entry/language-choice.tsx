// The language before one is signed in; afterwards it stands in the person's menu.
import { NativeSelect } from '@mantine/core'
import { languages, nameOfLanguage, useLanguage, useWords } from '#i18n/i18n.ts'

export function LanguageChoice() {
  const words = useWords('entry')
  const [language, setLanguage] = useLanguage()
  return (
    <NativeSelect
      size="xs"
      aria-label={words('language')}
      value={language}
      onChange={(event) => setLanguage(event.currentTarget.value)}
      data={languages.map((each) => ({ value: each, label: nameOfLanguage(each) }))}
    />
  )
}
