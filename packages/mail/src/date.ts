// Dates as header fields write them: RFC 5322 §3.3.

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Writes epoch milliseconds as a date in UTC: `Sat, 21 Nov 2026 20:54:07 +0000`. */
export function formatDate(ms: number): string {
  const second = Math.floor(ms / 1000)
  // Every message of one second bears the same date, twice or more.
  if (second === lastSecond) return lastText
  const date = new Date(second * 1000)
  const day = `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  lastSecond = second
  lastText = `${day} ${String(date.getUTCFullYear()).padStart(4, '0')} ${time} +0000`
  return lastText
}

let lastSecond = Number.NaN
let lastText = ''

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}
