// Lets a page's top bar and the person's menu open what the shell holds: the phone's menu, the search, the
// keys.
import { createContext } from 'react'

type Held = { readonly openMenu: () => void; readonly openSearch: () => void; readonly openKeys: () => void }

export const ShellContext = createContext<Held>({
  openMenu: () => {},
  openSearch: () => {},
  openKeys: () => {},
})
