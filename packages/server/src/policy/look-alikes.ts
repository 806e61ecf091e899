// Code points that look like an ASCII letter or digit: Unicode's confusables data (Unicode licence V3). Each
// list holds differences of code points in base 36.

/** ASCII character → its look-alikes. */
export const LOOK_ALIKES: readonly (readonly [ascii: string, codePoints: string])[] = [
  ['2', 'br g1 3br sqt 4r 2z 1o52 a a a a 73u'],
  ['3', 'c7 2t e3 5l 7vw o7y 1t mcf h2p jij 157 a a a a 73u'],
  ['4', '3wu 1fj5 11r7 a a a a 73u'],
  ['5', 'cc 1j3z 11qw a a a a 73u'],
  ['6', 'tt 33x 4x0 1amb 11q7 a a a a 73u'],
  ['7', '1fiq 3xw 10lo 14z a a a a 73u'],
  ['8', 'f6 1 1jb 3k 49 1d07 160s a a a a 73u'],
  ['9', '1yl 3e 75 ed 671 o84 mda w a 11q9 a a a a 73u'],
  [
    'a',
    'gh 8w w 2n w 322 ez 2ph pkk htf w nz lgg jwg q q q q q q q q q q q q q q q q q q q q q q q q ' +
      'q u q w q w q w q w q',
  ],
  [
    'b',
    'as em 3k q 337 11 3i 8t 20 27p q04 kk h9q o0 v 2o 15a8 q q q q q 1g q q q q q q q q q q q q ' +
      'q q q q q q u 1m 1m 1m 1m',
  ],
  [
    'c',
    's2 7 14 w 332 1t1 se 17 1s g 27b 1 nqt 1cl ghg w nz 2o 7n 14 67 3wt 9 10y8 q q q q q q q q q ' +
      '1g 1g q q q q q q q q q q q q 6gw',
  ],
  ['d', 'zl 2vz 1z 3s a7 c 28r 1 14 g pxw 1 1nw0 q q q q q q q q q q q q q q q q q q q q q q q q q'],
  [
    'e',
    'ph 3k w 3s 2y7 2o2 1 1 n c8 20q nnb 18i gkz w n5 4dc 8 1106 q q q q q 26 q q q q q q q q q q ' +
      'q q q q q q q u 1m 1m 1m 1m',
  ],
  [
    'f',
    'an gt bs 374 1rd ic q0c jf 1 po h8y u hs 3ul w 10lt du q q q q q 1g q q q q q q q q q q q q ' +
      'q q q q q q 8r',
  ],
  ['g', 'b1 5w iz 39 2tb 1f 1w0 p3 q18 hv5 160v q q q q q q 1g q q q q q q q q q q q q q q q q q'],
  [
    'h',
    'pj 3q 4e 51 2tn 7 ca 2a7 1 1 1 29s nrt htt w p3 15bs q q 1g q 1g q q 1g 1g q q q q q q q q q ' +
      'q q q t 1m 1m 1m 1m',
  ],
  [
    'i',
    '8h 8o 1 35 4f 1r 4d 3d 2xi 2e1 aj f 14 eb puc 10u gk4 516 110f 1g 1g 1g 1g 1g 1g 1g 1g 1g 1g ' +
      '1g 1g i 12 1m 1m 1m 1m',
  ],
  ['j', 'ov 38 l 28 30z 6a 2ik pzk k9 ha0 w 160v q q q q q q q q q q q q q q q q q q q q q q q q q'],
  [
    'k',
    'pm 3k 34c kv 21h 296 nr7 huc 165 14vm q q q q q q q q q q q q q q q q q q q q q q q q q t 1m ' +
      '1m 1m 1m',
  ],
  [
    'l',
    'ba 16 d5 31 56 fl 2jx 5o ev 21b 1 1 1 25 c g 4n d6 1p1 1q 3j nma h htj z 4c iq 3j n 6z 7f ' +
      '3ul f h2c i jk2 da 3 q n 3 q n 3 q 1g n 3 q q q n 3 q n 3 q n 3 q n 3 q n 3 q n 3 q n 3 q r ' +
      '1m 1m 1m 1m 1j a a a a 73u',
  ],
  [
    'm',
    'po 2m y 32z ft 6e 21p 1o 27d nrb hu6 oz 2p 15a3 1g 1g 2w 1g 1g 1g 1g 1g 1g 1g 1g 1j 1m 1m 1m ' + '1m',
  ],
  [
    'n',
    'pp d7 4 5g9 29x nra hu6 15x 14vu q q q q q q q q q q q 1g q q q q q q q q q q q q t 1m 1m 1m ' + '1m',
  ],
  [
    'o',
    'pr w 4 2j w 7r 1c a8 hd 3k 3k 3k 1m 1y 3k s 2s s 2s s u 1y s 5q 3k 99 z 5b cx 20v 2 tf 296 1 ' +
      '51 j7 n3g 18q gky w n7 p 9l 14 46 14 18 33u rp j f 9 10z2 q q q q q q 1g q q q q q q q q q q ' +
      'q q q q q q q u q 4 s q 4 s q 4 s q 4 s q 4 i a a a a 73u',
  ],
  [
    'p',
    'pt w 1c 1b w 336 3v 2i4 gr 1ta 1 nqm hun w n9 15dm q q q q q q q q q q q 1g q q q q q q q q ' +
      'q q q q v q e i q e i q e i q e i q e',
  ],
  ['q', '10b 20 3 5h0 2ez 2bi3 q q q q q q q q q q q 1g q q q q q q q q q q q q'],
  [
    'r',
    'bq i5 31q 1d c5 1i7 s5 1 1 294 nry 19g 1 1l hmb l1d jj5 e3 q q q q q 1g q q 1g 1g q q q q q ' +
      'q q q q q q q',
  ],
  [
    's',
    'cd g8 28 6y 2va 5 snc gf vt gi1 w n7 ay 14 41l h2x jx4 q q q q q q q q q q q q q q q q q q q ' +
      'q q q q q q',
  ],
  [
    't',
    'pw 3i 328 2yq 111 y5 nqm huo o3 q 2s 49z h1q jyh q q q q q q q q q q q q q q q q q q q q q q ' +
      'q q q u 1m 1m 1m 1m 69x',
  ],
  [
    'u',
    'i3 8q aw 1c 2gz gc 1qo zy 49 ppt iz q7 4 hoc 14 3wi w h2i jwy q q q q q q q q q q q q q q q ' +
      'q q q q q q q q q q 1k 1m 1m 1m 1m',
  ],
  [
    'v',
    'ql 53 1 hu 2jm 2e 1rl uc g 50 49 22f nn2 e1 y2 gj1 153 3jd be w h1k jk5 eg q q q q q q q q q ' +
      'q q q q q q q q q q q q q q q q 1b 1m 1m 1m 1m',
  ],
  [
    'w',
    'hb du 57 1 1w 2tu x 1u5 qtl 1ax l8n 4 1 d3 9 10yv q q q q q q q q q q q q q q q q q q q q q ' +
      'q q q q',
  ],
  [
    'x',
    '5z k0 3i w 3cs 1o 6o 1 21 242 g sa qg 1 77 hp 4x nm6 js had w mw 10 2r b ed 3wl 10yz q q q q ' +
      'q q q q q q q q q q q q q q q q q q q q q t 1m 1m 1m 1m',
  ],
  [
    'y',
    'gz 18 7q e v 29 w 2z 1 2ew jm k 1xr ab fy 297 nr8 19q gkf w nt 4c2 1k h2f jx1 q q q q q q q ' +
      'q q q q q q q q q q q q q q q q q q q 8 1e 8 1e 8 1e 8 1e 8',
  ],
  [
    'z',
    'pi 371 1un si 4 q0k 1br giv qj 4ac r x 10z8 q q q q q q q q q 1g 1g q q q q q q q q q q q q ' +
      'a 1m 1m 1m 1m',
  ],
]
