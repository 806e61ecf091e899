// Everything the handlers hand on to use cases; built once in the control role.

import type { AuthDeps } from '#control/auth/auth.ts'
import type { ReadinessDeps } from '#control/readiness/readiness.ts'
import type { ControlDeps } from '#control/scope.ts'
import type { KeyRotation } from '#control/secret/rotation.ts'
import type { Tracking } from '#control/tracking/tracking.ts'
import type { AgentHandlerDeps } from './agent.ts'
import type { ArchiveHandlerDeps } from './archive.ts'
import type { ContactHandlerDeps } from './contacts.ts'
import type { DirectoryHandlerDeps } from './directory.ts'

export type HandlerDeps = ControlDeps &
  AuthDeps &
  AgentHandlerDeps &
  ArchiveHandlerDeps &
  ContactHandlerDeps &
  DirectoryHandlerDeps &
  ReadinessDeps & { readonly tracking: Tracking; readonly keys: KeyRotation }
