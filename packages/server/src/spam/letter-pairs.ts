// Pairs of letters that hardly stand in words of European languages: what a machine makes up is full of
// them. Counted once over public-domain mail and our own texts, below 8 in 100,000 pairs.

const RARE: ReadonlySet<string> = new Set(
  `bd bf bg bh bk bn bq bv bw bx bz cb cf cg cj cp cv cw cx cz df dk dp dq dx dz fb fc fd fg fh fj fk fm fn
  fp fq fv fw fx fz gb gc gd gf gj gk gq gv gw gx gz hc hd hf hg hh hj hk hp hq hv hw hx hz iw iy jb jc jd jf
  jg jh jj jk jl jm jn jp jq jr js jt jv jw jx jy jz kc kd kf kg kh kj kk km kq kr kv kw kx kz lh lj lq lw lx
  lz md mf mg mj mk mq mr mv mw mx mz nq nx pb pj pk pn pq pv pw px pz qa qb qc qd qe qf qg qh qi qj qk ql qm
  qn qo qp qr qs qt qv qw qx qy qz rj rq rx rz sj sv sx sz tb tj tk tq tx uh uj uk uq uu uv uw uz vb vc vd vf
  vg vh vj vk vl vm vn vp vq vr vt vv vw vx vy vz wb wc wd wf wg wj wk wm wp wq wt wu wv ww wx wy wz xb xd xf
  xg xh xj xk xl xn xo xq xr xs xu xv xw xx xy xz yd yf yg yh yj yk yq yu yv yx yy yz zb zc zd zf zg zh zj zk
  zl zm zn zp zq zr zs zt zv zw zx zy`.split(/\s+/),
)
/** Two rare pairs, and three of ten: one alone is a name or an abbreviation. */
const PAIRS_LEAST = 2
const SHARE_LEAST = 0.3
const LETTERS_LEAST = 5

/** Whether a label reads as if nobody had ever said it. */
export function isUnsayable(label: string): boolean {
  const letters = label.toLowerCase().replace(/[^a-z]/g, '')
  if (letters.length < LETTERS_LEAST) return false
  let rare = 0
  for (let at = 1; at < letters.length; at++) if (RARE.has(letters.slice(at - 1, at + 1))) rare++
  return rare >= PAIRS_LEAST && rare / (letters.length - 1) >= SHARE_LEAST
}
