// What runs inside the page of a journey: looks at elements and presses them. Plain JavaScript, since it
// knows the browser's globals, which the tests around it do not have.

/** The name of what has the focus, as it is read out. */
export function focusedName() {
  const { activeElement: element } = document
  const label = element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent
  return (label ?? element?.textContent ?? '').trim()
}

export function leaveField() {
  document.activeElement?.blur()
}

/** @param {string} key */
export function forget(key) {
  localStorage.removeItem(key)
}

/** Links to nowhere, and buttons that are disabled without a word. */
export function deadThings() {
  const dead = []
  for (const link of document.querySelectorAll('#main a')) {
    const href = link.getAttribute('href')
    if (href === null || href === '' || href === '#')
      dead.push(`the link “${link.textContent}” leads nowhere`)
  }
  // A button that is at work shows that itself.
  const disabled = '#main button:disabled:not([tabindex="-1"], [data-loading])'
  for (const button of document.querySelectorAll(disabled)) {
    // A form that was not changed has nothing to save, which its fields show.
    const isExplained =
      button.type === 'submit' || button.title !== '' || button.hasAttribute('aria-describedby')
    if (!isExplained) dead.push(`“${button.textContent}” is disabled without a reason`)
  }
  return dead
}

/** How many buttons there are to press. */
export function countButtons() {
  const all = document.querySelectorAll(
    '#main button:enabled:not([tabindex="-1"]):not([aria-selected="true"])',
  )
  return [...all].filter((each) => each.checkVisibility()).length
}

/**
 * Presses the button at this place, and says whether the page changed, the server was asked or something
 * opened.
 * @param {{ at: number, patience: number }} which
 * @returns {Promise<{ name: string | null, acts: boolean }>}
 */
export async function pressButton({ at, patience }) {
  const all = document.querySelectorAll(
    '#main button:enabled:not([tabindex="-1"]):not([aria-selected="true"])',
  )
  const button = [...all].filter((each) => each.checkVisibility())[at]
  if (!button) return { name: null, acts: true }
  const name = (button.getAttribute('aria-label') ?? button.textContent ?? '').trim()
  const happened = Promise.withResolvers()
  const yes = () => happened.resolve(true)
  const watcher = new MutationObserver(yes)
  watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  const { fetch, print } = window
  const clicks = [HTMLInputElement.prototype.click, HTMLAnchorElement.prototype.click]
  window.fetch = (...given) => {
    yes()
    return fetch(...given)
  }
  window.print = yes
  // Choosing a file and downloading one open what belongs to the browser.
  HTMLInputElement.prototype.click = yes
  HTMLAnchorElement.prototype.click = yes
  addEventListener('popstate', yes)
  document.addEventListener('focusin', yes)
  button.click()
  setTimeout(() => happened.resolve(false), patience)
  const acts = await happened.promise
  watcher.disconnect()
  Object.assign(window, { fetch, print })
  HTMLInputElement.prototype.click = clicks[0]
  HTMLAnchorElement.prototype.click = clicks[1]
  removeEventListener('popstate', yes)
  document.removeEventListener('focusin', yes)
  return { name, acts }
}
