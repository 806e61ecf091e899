// Which files run when somebody opens them: extensions as data, and what a file is by its first octets.
import { toLatin1 } from '@gatepost/mail/bytes.ts'

/** What Windows, Office, macOS or a browser would run or follow on a double click. */
const DANGEROUS = new Set(
  // Programs and what installs them.
  `exe com scr pif cpl dll sys drv ocx msi msp mst msix msixbundle appx appxbundle appinstaller application
  app apk jar jnlp class deb rpm dmg pkg run elf bin xll wll
  bat cmd ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psm1 msh msh1 msh2 mshxml vb vbe vbs vbp js jse mjs ws wsf wsc
  wsh sct hta hlp chm reg inf ins isp its job lnk url website scf shb shs shd gadget
  settingcontent-ms library-ms search-ms searchconnector-ms appref-ms appcontent-ms desktopthemepackfile
  theme themepack diagcab cab iqy oqy rqy slk dqy odc udl mde mda mdb mdw mdt mdz accde adp ade accda accdr
  mad maf mag mam maq mar mas mat mau mav maw crt cer der csh ksh sh bash zsh command tool workflow action
  osx scpt scptd py pyc pyo pyw pyz pyzw pl rb cnt grp hpj prf prg ops pcd plg pst xbap xnk printerexport
  iso img vhd vhdx vmdk udf daa mdf one onepkg onetoc2 rdp pbk ica wsb
  z64 ace arj lzh lha uue msc vsmacros vss vst vsw fxp ksh bas mcf mht mhtml asp aspx cdxml xaml asx wpl`.split(
    /\s+/,
  ),
)

/** Pages and pictures that a browser runs scripts of. */
const PAGES = new Set(['html', 'htm', 'shtml', 'xhtml', 'xht', 'svg', 'svgz', 'xml', 'xsl', 'xslt'])

/** What people expect behind a name: an extension before the last one of these is a disguise. */
const HARMLESS = new Set(
  `pdf doc docx xls xlsx ppt pptx txt rtf csv jpg jpeg png gif bmp tif tiff webp mp3 mp4 avi mov wav odt ods
  odp zip rar 7z htm html eml msg`.split(/\s+/),
)

/** Written so that readers see no dot: `invoice pdf.exe` is not meant. */
const MACRO_DOCUMENTS = new Set([
  'docm',
  'dotm',
  'xlsm',
  'xltm',
  'xlam',
  'pptm',
  'potm',
  'ppam',
  'ppsm',
  'sldm',
])

export function isDangerousExtension(extension: string): boolean {
  return DANGEROUS.has(extension)
}

export function isPageExtension(extension: string): boolean {
  return PAGES.has(extension)
}

export function isHarmlessExtension(extension: string): boolean {
  return HARMLESS.has(extension)
}

export function isMacroExtension(extension: string): boolean {
  return MACRO_DOCUMENTS.has(extension)
}

/** What a file is by its octets. `archive` and `compound` are looked into. */
export type FileKind =
  | { readonly kind: 'program'; readonly what: string }
  | { readonly kind: 'archive'; readonly format: 'zip' | 'gzip' | 'zstd' | 'tar' }
  /** An archive whose list of files is read, and nothing else of it. */
  | { readonly kind: 'listed'; readonly format: ListedFormat }
  /** An archive or a compression that nobody here opens. */
  | { readonly kind: 'closed'; readonly what: string }
  | { readonly kind: 'compound' }
  | { readonly kind: 'pdf' }
  | { readonly kind: 'rtf' }
  | { readonly kind: 'page' }
  | { readonly kind: 'other' }

export type ListedFormat = 'rar' | '7z' | 'cab'

type Sign = { readonly at: number; readonly octets: string; readonly is: FileKind }

const program = (what: string): FileKind => ({ kind: 'program', what })
const closed = (what: string): FileKind => ({ kind: 'closed', what })

/** First octets (as ISO 8859-1), from the formats' own documents. */
const SIGNS: readonly Sign[] = [
  { at: 0, octets: 'MZ', is: program('a Windows program') },
  { at: 0, octets: '\x7fELF', is: program('a Unix program') },
  { at: 0, octets: '\xca\xfe\xba\xbe', is: program('a Java or macOS program') },
  { at: 0, octets: '\xcf\xfa\xed\xfe', is: program('a macOS program') },
  { at: 0, octets: '\xce\xfa\xed\xfe', is: program('a macOS program') },
  { at: 0, octets: '#!/', is: program('a script') },
  { at: 0, octets: 'L\0\0\0\x01\x14\x02\0', is: program('a Windows shortcut') },
  { at: 0, octets: '[InternetShortcut]', is: program('an Internet shortcut') },
  { at: 0, octets: 'ITSF', is: program('compiled Windows help') },
  {
    at: 0,
    octets: '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3',
    is: program('a OneNote file'),
  },
  { at: 0, octets: 'vhdxfile', is: program('a disk image') },
  { at: 0, octets: 'conectix', is: program('a disk image') },
  { at: 0, octets: 'KDMV', is: program('a disk image') },
  { at: 0x8001, octets: 'CD001', is: program('a disk image') },
  { at: 0x8001, octets: 'BEA01', is: program('a disk image') },
  { at: 0, octets: 'FWS', is: program('a Flash film') },
  { at: 0, octets: 'CWS', is: program('a Flash film') },
  { at: 0, octets: 'ZWS', is: program('a Flash film') },
  { at: 0, octets: 'MSCF', is: { kind: 'listed', format: 'cab' } },
  { at: 0, octets: 'PK\x03\x04', is: { kind: 'archive', format: 'zip' } },
  { at: 0, octets: 'PK\x05\x06', is: { kind: 'archive', format: 'zip' } },
  { at: 0, octets: 'PK\x07\x08', is: { kind: 'archive', format: 'zip' } },
  { at: 0, octets: '\x1f\x8b\x08', is: { kind: 'archive', format: 'gzip' } },
  { at: 257, octets: 'ustar', is: { kind: 'archive', format: 'tar' } },
  { at: 0, octets: '7z\xbc\xaf\x27\x1c', is: { kind: 'listed', format: '7z' } },
  { at: 0, octets: 'Rar!\x1a\x07', is: { kind: 'listed', format: 'rar' } },
  { at: 0, octets: 'BZh', is: closed('a bzip2 archive') },
  { at: 0, octets: '\xfd7zXZ\0', is: closed('an XZ archive') },
  { at: 0, octets: '\x28\xb5\x2f\xfd', is: { kind: 'archive', format: 'zstd' } },
  { at: 7, octets: '**ACE**', is: closed('an ACE archive') },
  { at: 2, octets: '-lh', is: closed('an LHA archive') },
  { at: 0, octets: '\x60\xea', is: closed('an ARJ archive') },
  { at: 0, octets: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', is: { kind: 'compound' } },
  { at: 0, octets: '{\\rt', is: { kind: 'rtf' } },
]

/** PDF readers take the mark within the first KiB. */
const PDF_WITHIN = 1024
const PAGE_WITHIN = 512
const PAGE = new RegExp(
  '^\\s*(?:<!--[^>]{0,300}-->\\s*)*' +
    '<(?:!doctype\\s+html|html|head|body|script|svg|\\?xml[^>]{0,200}\\?>\\s*<(?:svg|html))',
  'i',
)

/** Looks at the first octets alone. */
export function fileKindOf(octets: Uint8Array): FileKind {
  for (const sign of SIGNS) if (hasSign(octets, sign)) return sign.is
  if (toLatin1(octets, 0, PDF_WITHIN).includes('%PDF-')) return { kind: 'pdf' }
  return PAGE.test(pageStart(octets)) ? { kind: 'page' } : { kind: 'other' }
}

/** UTF-16 is read by browsers and would hide the tags from us. */
function pageStart(octets: Uint8Array): string {
  return toLatin1(octets, 0, PAGE_WITHIN * 2)
    .replaceAll('\0', '')
    .replace(/^(?:\xff\xfe|\xfe\xff|\xef\xbb\xbf)/, '')
    .slice(0, PAGE_WITHIN)
}

function hasSign(octets: Uint8Array, { at, octets: sign }: Sign): boolean {
  if (octets.length < at + sign.length) return false
  for (let i = 0; i < sign.length; i++) if (octets[at + i] !== sign.charCodeAt(i)) return false
  return true
}
