// The template to start a list of users from.

export const template = [
  'email,name,aliases',
  'maya.okafor@acme.example,Maya Okafor,maya@acme.example',
  'leo.brandt@acme.example,Leo Brandt,leo@acme.example;sales@acme.example',
  '',
].join('\r\n')
