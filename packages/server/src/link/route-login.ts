// Logins of delivery routes: where the sealed password stands, and how a fault of one is told, so that
// control knows it again in what edges report.

/** The column of the place that control seals for and edges open (decisions 35). */
export const ROUTE_PASSWORD_COLUMN = 'route.login_password'

/** Every reply in our words that speaks of a login begins so. */
export const LOGIN_FAILED = 'the login of the delivery route failed'

/** Replies to commands outside of AUTH that ask for a login, or for another one (RFC 4954 §6). */
const ASKS_FOR_LOGIN = /^(?:530|534|535|538) /

/** Whether the last reply of a recipient says that the route's login is missing or wrong. */
export function isLoginFault(lastReply: string): boolean {
  return lastReply.includes(LOGIN_FAILED) || ASKS_FOR_LOGIN.test(lastReply)
}
