// Every endpoint of the API in one list: bind, OpenAPI, the client and the isolation test read it.
import * as connect from './connect.ts'
import * as domain from './domain.ts'
import type { Endpoint } from './endpoint.ts'
import * as greylist from './greylist.ts'
import * as message from './message.ts'
import * as queue from './queue.ts'
import * as route from './route.ts'
import * as sender from './sender.ts'
import * as session from './session.ts'
import * as setup from './setup.ts'
import * as system from './system.ts'
import * as tenant from './tenant.ts'
import * as user from './user.ts'

export const endpoints: readonly Endpoint[] = [
  setup.getSetup,
  setup.checkSetupLink,
  setup.proposeEnvironment,
  setup.completeSetup,
  session.signIn,
  session.signOut,
  session.getMe,
  tenant.listTenants,
  tenant.createTenant,
  tenant.getTenant,
  tenant.updateTenant,
  tenant.getLiveness,
  tenant.listAudit,
  connect.getConnect,
  connect.checkStep,
  connect.skipStep,
  domain.listDomains,
  domain.addDomain,
  domain.getDomain,
  domain.checkDomain,
  domain.updateDomain,
  domain.removeDomain,
  domain.getMx,
  domain.checkMx,
  user.listUsers,
  user.addUser,
  user.getUser,
  user.updateUser,
  user.removeUser,
  user.previewUserImport,
  user.getUserImport,
  user.commitUserImport,
  user.undoUserImport,
  sender.listSenders,
  sender.exportSenders,
  sender.getSenderSummary,
  sender.addSenders,
  sender.updateSender,
  sender.removeSender,
  sender.removeSenders,
  sender.previewSenderImport,
  sender.getSenderImport,
  sender.commitSenderImport,
  sender.undoSenderImport,
  route.listRoutes,
  route.addRoute,
  route.updateRoute,
  route.removeRoute,
  route.testRoute,
  route.confirmArrival,
  route.getOutbound,
  route.authorizeOutbound,
  route.revokeOutbound,
  route.whatIsMyAddress,
  message.listMessages,
  message.exportMessages,
  message.getMessage,
  message.retryMessage,
  message.getMessageCounts,
  message.getMessageReasons,
  queue.listQueue,
  queue.actOnQueue,
  queue.getQueuePause,
  queue.setQueuePause,
  greylist.getGreylisting,
  greylist.listDeferred,
  greylist.listEndedDeferrals,
  greylist.releaseDeferred,
  greylist.forgetIdentity,
  system.getReadiness,
  system.checkReadiness,
  system.getHealthLine,
]
