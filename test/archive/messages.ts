// Messages of the archive's tests: one with everything, and journal reports around it.

export const MESSAGE = [
  'From: Bob Bright <bob@bright.example>',
  'To: Ann <ann@acme.example>',
  'Subject: =?utf-8?Q?Angebot_f=C3=BCr_M=C3=BCnchen?=',
  'Message-ID: <offer-1@bright.example>',
  'Date: Mon, 16 Nov 2026 09:30:00 +0000',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="b"',
  '',
  '--b',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>The <b>quarterly</b> invoice is attached. 契約書</p><script>alert(1)</script>',
  '--b',
  'Content-Type: application/pdf; name="Rechnung 2026.pdf"',
  'Content-Disposition: attachment; filename="Rechnung 2026.pdf"',
  'Content-Transfer-Encoding: base64',
  '',
  'JVBERi0xLjQK',
  '--b--',
  '',
].join('\n')

export const report = (lines: readonly string[], inner = MESSAGE): string =>
  [
    'From: Microsoft Outlook <m@acme.example>',
    'X-MS-Journal-Report:',
    'Content-Type: multipart/mixed; boundary="journal"',
    '',
    '--journal',
    'Content-Type: text/plain',
    '',
    'Sender: bob@bright.example',
    'Message-Id: <offer-1@bright.example>',
    ...lines,
    '--journal',
    'Content-Type: message/rfc822',
    '',
    inner,
    '--journal--',
    '',
  ].join('\n')
