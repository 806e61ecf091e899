// The calls of alerts for an organisation, or for the installation where there is no slug: both answer alike.
import {
  acknowledgeAlert,
  acknowledgeSystemAlert,
  getAlert,
  getAlertChannel,
  getSystemAlert,
  getSystemAlertChannel,
  listAlerts,
  listSystemAlerts,
  muteAlert,
  muteSystemAlert,
  renewAlertSecret,
  renewSystemAlertSecret,
  setAlertChannel,
  setSystemAlertChannel,
  testAlertChannel,
  testSystemAlertChannel,
} from '@gatepost/contract/alert.ts'

const ofTenant = {
  list: listAlerts,
  get: getAlert,
  acknowledge: acknowledgeAlert,
  mute: muteAlert,
  channel: getAlertChannel,
  setChannel: setAlertChannel,
  renewSecret: renewAlertSecret,
  test: testAlertChannel,
}
export type AlertCalls = typeof ofTenant

/** Their paths hold no organisation, so that the slug among the parameters is not asked for. */
const ofSystem: { readonly [Name in keyof AlertCalls]: unknown } = {
  list: listSystemAlerts,
  get: getSystemAlert,
  acknowledge: acknowledgeSystemAlert,
  mute: muteSystemAlert,
  channel: getSystemAlertChannel,
  setChannel: setSystemAlertChannel,
  renewSecret: renewSystemAlertSecret,
  test: testSystemAlertChannel,
}

export function alertCallsOf(tenant: string): AlertCalls {
  return tenant === '' ? (ofSystem as AlertCalls) : ofTenant
}
