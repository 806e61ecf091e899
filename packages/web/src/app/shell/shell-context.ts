// Lets a page's top bar open the phone's menu and the search, which the shell holds.
import { createContext } from 'react'

export const ShellContext = createContext<{ openMenu: () => void; openSearch: () => void }>({
  openMenu: () => {},
  openSearch: () => {},
})
