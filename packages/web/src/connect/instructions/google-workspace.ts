// Google Workspace: the Gmail settings of the Admin console.
import { code, type Instructions, tell, told, type Values } from './part.ts'

export function googleInbound({ smartHost, addresses = [] }: Values): Instructions {
  return {
    title: told('google.title'),
    steps: [
      [tell('google.host')],
      [
        tell('google.gateway', { smartHost }),
        ...(addresses.length === 0 ? [] : [code(told('code.addresses'), addresses.join('\n'))]),
      ],
      [tell('google.reject')],
    ],
    caution: {
      title: told('google.checks'),
      text: told('google.checksMeans'),
    },
  }
}

export function googleOutbound({ smartHost }: Values): Instructions {
  return {
    title: told('google.title'),
    steps: [
      [tell('google.value')],
      [tell('google.route', { smartHost })],
      [tell('google.routing'), code(told('code.header'), 'X-Gatepost-Tenant')],
      [tell('google.active')],
    ],
    caution: {
      title: told('google.shared'),
      text: told('google.sharedMeans'),
    },
  }
}
