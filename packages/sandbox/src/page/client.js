// The sandbox page's behaviour: sends what is asked to the JSON endpoints and draws changed parts again.
const POLL_MS = 1500
const said = document.getElementById('said')
const recordDialog = document.getElementById('record-dialog')
const recordForm = document.getElementById('record-form')
const messageDialog = document.getElementById('message-dialog')
/** The markup last drawn into each part, so that nothing moves without a reason. */
const drawn = new WeakMap()
const byId = (id) => document.getElementById(id)

/** Calls an endpoint; the answer's `fault` becomes the sentence shown. */
async function call(method, path, body) {
  const options = { method, headers: { 'content-type': 'application/json' } }
  const response = await fetch(
    path,
    body === undefined ? options : { ...options, body: JSON.stringify(body) },
  )
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.fault)
  return answer
}

async function attempt(work, sentence) {
  try {
    await work()
    say(sentence, false)
  } catch (error) {
    say(error.message, true)
  }
  await refresh()
}

function say(sentence, isFault) {
  said.textContent = sentence
  said.classList.toggle('bad', isFault)
}

/**
 * Parts are markup that our own server escaped. Open folds stay open, and a focused control keeps its focus.
 */
function redraw(element, markup) {
  if (drawn.get(element) === markup) return
  drawn.set(element, markup)
  const open = [...element.querySelectorAll('[data-key]:has(details[open])')].map((item) => item.dataset.key)
  const focused = element.contains(document.activeElement) ? selectorOf(document.activeElement) : null
  element.innerHTML = markup
  for (const item of element.querySelectorAll('[data-key]')) {
    const fold = item.querySelector('details')
    if (fold && open.includes(item.dataset.key)) fold.open = true
  }
  if (focused) element.querySelector(focused)?.focus()
}

function selectorOf(element) {
  const [attribute] = Object.keys(element.dataset)
  return attribute ? `[data-${attribute}="${CSS.escape(element.dataset[attribute])}"]` : null
}

async function refresh() {
  try {
    const response = await fetch('/parts')
    const parts = await response.json()
    for (const element of document.querySelectorAll('[data-part]'))
      redraw(element, parts[element.dataset.part])
  } catch {
    say('The sandbox does not answer. Is it still running?', true)
  }
}

async function send(button) {
  button.disabled = true
  await attempt(() => call('POST', '/api/send', { kind: button.dataset.send }), `Sent: ${button.textContent}`)
  button.disabled = false
}

async function showMessage(id) {
  const message = await call('GET', `/api/messages/${id}`)
  const rows = [
    ['Reverse path', `<${message.reversePath}>`],
    ['Forward paths', message.forwardPaths.join(', ')],
    ['Client', `${message.clientIp}, ${message.helo}`],
    ['TLS', message.tls ? `${message.tls.version} ${message.tls.cipher}` : 'none'],
  ]
  byId('message-envelope').replaceChildren(
    ...rows.map(([name, value]) => {
      const row = document.createElement('div')
      const term = document.createElement('dt')
      const detail = document.createElement('dd')
      term.textContent = name
      detail.textContent = value
      row.append(term, detail)
      return row
    }),
  )
  byId('message-title').textContent = message.subject || 'no subject'
  byId('message-trace').textContent = message.traceFields.join('\n') || 'none'
  byId('message-raw').textContent = message.raw
  byId('message-file').href = `/api/messages/${id}.eml`
  messageDialog.showModal()
}

function editRecords(set) {
  byId('record-fault').textContent = ''
  for (const [name, value] of Object.entries(set)) recordForm.elements[name].value = value
  recordDialog.showModal()
}

const publish = (text) =>
  attempt(
    () => call('POST', '/api/publish', { text }),
    'Published. Connect sees it at its next check, or at once when asked to',
  )

/** What a person has just copied in Connect; a browser that refuses is told how else. */
async function paste(where) {
  let text = ''
  try {
    text = (await navigator.clipboard.readText()).trim()
  } catch {
    say('The browser keeps the clipboard to itself: paste into the form instead', true)
    byId('paste').focus()
    return
  }
  if (where === 'publish') await publish(text)
  else if (where === 'journal')
    await attempt(
      () => call('PUT', '/api/journal', { address: text }),
      'Every message is journaled from now on',
    )
  else
    await attempt(
      () => call('PUT', '/api/cloud-header', { value: text }),
      'The cloud adds this header from now on',
    )
}

const clicks = {
  send,
  publish: ({ dataset }) => publish(dataset.publish),
  copy: async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy)
    say(`Copied: ${button.getAttribute('aria-label').replace('Copy ', '')}`, false)
  },
  paste: ({ dataset }) => paste(dataset.paste),
  event: ({ dataset }) =>
    attempt(
      () => call('PUT', `/api/events/${dataset.event}`, { on: dataset.on === 'true' }),
      dataset.on === 'true' ? 'It happens now' : 'It is over',
    ),
  message: (button) => showMessage(button.dataset.message),
  host: ({ dataset }) =>
    attempt(
      () => call('PUT', `/api/hosts/${dataset.host}`, { down: dataset.down === 'true' }),
      'Host changed',
    ),
  empty: ({ dataset }) => attempt(() => call('DELETE', `/api/messages/${dataset.empty}`), 'Mailbox emptied'),
  edit: ({ dataset }) => editRecords(JSON.parse(dataset.edit)),
  remove: ({ dataset }) => {
    const [name, type] = dataset.remove.split(' ')
    return attempt(() => call('DELETE', '/api/records', { name, type }), `${name} ${type} deleted`)
  },
  mend: ({ dataset }) => attempt(() => call('DELETE', '/api/faults', { name: dataset.mend }), 'Name mended'),
  environment: ({ dataset }) =>
    attempt(
      () => call('PUT', '/api/environment', { environment: dataset.environment }),
      'Records of acme.example changed',
    ),
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null
  const [kind] = button ? Object.keys(button.dataset) : []
  if (kind) clicks[kind]?.(button)
})

byId('publish-form').addEventListener('submit', async (event) => {
  event.preventDefault()
  const field = byId('paste')
  await publish(field.value)
  if (!said.classList.contains('bad')) field.value = ''
})

byId('fault-form').addEventListener('submit', (event) => {
  event.preventDefault()
  const { name, kind } = Object.fromEntries(new FormData(event.target))
  attempt(() => call('PUT', '/api/faults', { name, kind, delayMs: 3000 }), `${name} is broken`)
})

byId('add-record').addEventListener('click', () =>
  editRecords({ name: 'acme.example', type: 'TXT', ttl: 30, values: '' }),
)

recordForm.addEventListener('submit', async (event) => {
  if (event.submitter?.value !== 'save') return
  event.preventDefault()
  const { name, type, ttl, values } = Object.fromEntries(new FormData(recordForm))
  const lines = values.split('\n').filter((line) => line.trim() !== '')
  try {
    await call('PUT', '/api/records', { name, type, ttl: Number(ttl), values: lines })
    recordDialog.close()
    say(`${name} ${type} saved`, false)
    await refresh()
  } catch (error) {
    byId('record-fault').textContent = error.message
  }
})

byId('message-close').addEventListener('click', () => messageDialog.close())
byId('message-copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(byId('message-raw').textContent)
  byId('message-copy').textContent = 'Copied'
})

setInterval(() => {
  if (!document.hidden) refresh()
}, POLL_MS)
