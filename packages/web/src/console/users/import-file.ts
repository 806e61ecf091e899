// The template to start a list of users from. The same as a workbook lies in the folder `public`.

export const template = [
  'email,name,password,aliases,groups,role,enabled,attr:Department',
  'maya.okafor@acme.example,Maya Okafor,,maya@acme.example,Sales;All staff,,yes,Sales',
  'leo.brandt@acme.example,Leo Brandt,,leo@acme.example;sales@acme.example,All staff,,yes,Management',
  '',
].join('\r\n')

export const TEMPLATE_XLSX = '/gatepost-users.xlsx'
