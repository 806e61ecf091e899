// Whether an element's own style keeps its text from the reader's eye: how random words are smuggled past
// filters.

/** Styles are short; the rest of a longer one is not looked at. */
const STYLE_MAX = 2000

/** True for display:none and the like, no size, no opacity, far off the page, or white letters on white. */
export function isHiddenStyle(attributes: ReadonlyMap<string, string>): boolean {
  const style = attributes.get('style')
  if (style === undefined) return isGroundColour(attributes.get('color')) && attributes.has('color')
  const declared = new Map<string, string>()
  for (const one of style.slice(0, STYLE_MAX).toLowerCase().split(';')) {
    const colon = one.indexOf(':')
    if (colon === -1) continue
    declared.set(
      one.slice(0, colon).trim(),
      one
        .slice(colon + 1)
        .replace('!important', '')
        .trim(),
    )
  }
  if (declared.get('display') === 'none' || declared.get('mso-hide') === 'all') return true
  if (declared.get('visibility') === 'hidden') return true
  if (isTiny(declared.get('font-size')) || isZero(declared.get('opacity'))) return true
  if (declared.get('overflow') === 'hidden') {
    if (isZero(declared.get('max-height')) || isZero(declared.get('height'))) return true
    if (isZero(declared.get('max-width')) || isZero(declared.get('width'))) return true
  }
  if (/^-\d{3,}(px|em|pt)?$/.test(declared.get('text-indent') ?? declared.get('left') ?? '')) return true
  if (declared.get('color') === 'transparent') return true
  const ground = declared.get('background-color') ?? declared.get('background')
  return isGroundColour(declared.get('color')) && (ground === undefined || isGroundColour(ground))
}

/** Only what is surely white: a white text may well stand on a coloured ground of an outer element. */
function isGroundColour(colour: string | undefined): boolean {
  return colour !== undefined && /^#?fffffe$|^#fefefe$/i.test(colour)
}

function isZero(length: string | undefined): boolean {
  return length !== undefined && /^(?:0+|0*\.0+)(px|em|pt|%|rem)?$/.test(length)
}

function isTiny(size: string | undefined): boolean {
  return isZero(size) || (size !== undefined && /^0*([01](\.\d+)?|\.\d+)(px|pt)$|^0*\.0\d*r?em$/.test(size))
}
