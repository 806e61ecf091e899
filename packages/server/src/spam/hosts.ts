// Hosts that say something by what they are: shorteners, places where anybody puts a page, cheap endings.
// General knowledge, written down by hand; a name here is a hint and never a verdict.

import { isUnsayable } from './letter-pairs.ts'

const set = (names: string) => new Set(names.split(/\s+/).filter((name) => name !== ''))

/** Services that hide where a link leads. */
export const SHORTENERS = set(`
  bit.ly t.co tinyurl.com goo.gl ow.ly is.gd v.gd buff.ly cutt.ly rebrand.ly rb.gy shorturl.at tiny.cc lnkd.in
  t.ly s.id bl.ink short.io shorte.st adf.ly soo.gd clck.ru qrco.de urlz.fr u.to x.gd l.ead.me tr.im tny.im
  encurtador.com.br bityli.com urlfy.org abre.ai linktr.ee page.link app.link onelink.me me2.kr 2no.co
  grabify.link dwz.cn t.cn kutt.it shrtco.de linkin.bio beacons.ai bio.link wa.link lihi.cc reurl.cc`)

/** Hosts under which anybody gets a page of their own in a minute; matched at the end of a host's name. */
export const FREE_HOSTING = set(`
  blogspot.com wordpress.com weebly.com wixsite.com webflow.io github.io gitlab.io netlify.app vercel.app
  herokuapp.com web.app firebaseapp.com pages.dev workers.dev r2.dev glitch.me repl.co replit.app surge.sh
  000webhostapp.com azurewebsites.net azurefd.net blob.core.windows.net web.core.windows.net azureedge.net
  cloudapp.azure.com cloudapp.net storage.googleapis.com appspot.com run.app sites.google.com forms.gle
  s3.amazonaws.com amazonaws.com amplifyapp.com cloudfront.net awsapprunner.com digitaloceanspaces.com
  ondigitalocean.app linodeobjects.com backblazeb2.com wasabisys.com myqcloud.com aliyuncs.com oraclecloud.com
  ipfs.io dweb.link ipfs.dweb.link cf-ipfs.com fleek.co infura-ipfs.io nftstorage.link godaddysites.com square.site
  mystrikingly.com strikingly.com yolasite.com jimdosite.com jimdofree.com site123.me webnode.com ukit.me
  formstack.com jotform.com typeform.com wufoo.com cognitoforms.com notion.site gitbook.io canva.site
  duckdns.org no-ip.org ddns.net hopto.org zapto.org myftp.org sytes.net servehttp.com dynv6.net ngrok.io
  ngrok-free.app trycloudflare.com loca.lt translate.goog sendspace.com mediafire.com wetransfer.com
  dropboxusercontent.com filesusr.com framer.app framer.website carrd.co softr.app bubbleapps.io
  my.id co.vu eu.org web.fc2.com altervista.org tripod.com angelfire.com geocities.com yahoosites.com`)

/** Places that send a reader on to any address given in theirs. */
export const REDIRECTORS: readonly RegExp[] = [
  /^(www\.)?google\.[a-z.]+\/(url|amp|travel\/clk|search\?.*btni)/,
  /^(adclick|googleads|ad)\.(g\.)?doubleclick\.net\//,
  /^(www\.)?bing\.com\/ck\/a/,
  /^[a-z.]*linkedin\.com\/(slink|redir)/,
  /^[a-z.]*youtube\.com\/redirect/,
  /^[a-z.]*facebook\.com\/(l|flx\/warn)/,
  /^(l|lm)\.(facebook|instagram)\.com\//,
  /^[a-z0-9.]*baidu\.com\/link/,
  /[?&](url|redirect|redirect_uri|redir|goto|target|dest|destination|next|link|u|r|adurl)=https?(:|%3a)/,
]

/** Endings sold for next to nothing, seldom used by those who write to a company. */
export const CHEAP_ENDINGS = set(`
  xyz top click link online site website space store shop club live icu buzz cyou cfd sbs rest fun monster quest
  bond beauty hair makeup skin lol mom autos boats homes yachts motorcycles best win bid loan stream date trade
  racing review party science work gdn ml ga cf gq tk pw cc ws su zip mov vip wang ren men country kim cam
  uno host press pics observer support life today world email digital agency center tokyo ooo`)

/** Whether a host is one of a set or lies under one. */
export function isUnder(names: ReadonlySet<string>, host: string): boolean {
  for (let name = host; ; ) {
    if (names.has(name)) return true
    const dot = name.indexOf('.')
    if (dot === -1) return false
    name = name.slice(dot + 1)
  }
}

/** Whether a label looks made by a machine: long runs of consonants, digits among letters, no syllables. */
export function isRandomLabel(label: string): boolean {
  return label.split('-').some(isRandomWord)
}

function isRandomWord(label: string): boolean {
  if (isUnsayable(label)) return true
  if (label.length < 7) return false
  const letters = label.replace(/[^a-z]/g, '')
  const digits = label.replace(/[^0-9]/g, '').length
  const changes = label.match(/[a-z][0-9]|[0-9][a-z]/g)?.length ?? 0
  if (changes >= 4 || (digits >= 4 && letters.length >= 3 && changes >= 3)) return true
  if (/[bcdfghjklmnpqrstvwxz]{6,}/.test(letters)) return true
  const vowels = letters.replace(/[^aeiouy]/g, '').length
  return letters.length >= 10 && vowels / letters.length < 0.2
}
