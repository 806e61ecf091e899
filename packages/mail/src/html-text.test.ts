// What a reader sees of HTML bodies: text, links and pictures, and what is hidden; and that odd input costs
// no more than its length.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeEntities } from './html-entity.ts'
import { textOfHtml } from './html-text.ts'

const cases: readonly (readonly [html: string, text: string])[] = [
  ['plain', 'plain'],
  ['<p>One</p><p>Two<br>Three</p>', 'One\nTwo\nThree'],
  ['a <b>bold</b>er word', 'a bolder word'],
  ['<td>1</td><td>2</td>', '1 2'],
  ['<style>p { color: red }</style>Seen<script>if (a < b) alert("</p>")</script>', 'Seen'],
  ['<!-- <p>gone</p> -->kept<!--> too', 'kept too'],
  ['1 < 2 && 3 &gt; 2 &amp; &#65;&#x42;&euro;&nbsp;&unknown;', '1 < 2 && 3 > 2 & AB€ &unknown;'],
  ['Gr&uuml;&szlig;e, &Ouml;l', 'Grüße, Öl'],
  ['<P ALIGN=center>Loud</P><DIV>Soft</DIV>', 'Loud\nSoft'],
  ['shown<span style="display:none">not shown</span> again', 'shown again'],
  ['a<span style="font-size:0px">x</span>b<div hidden>y</div>', 'ab'],
  ['<div style="display:none"><p>in</p><b>side</div>out', 'out'],
  ['<a href="x">unclosed', 'unclosed'],
  ['<p title="a > b">text</p>', 'text'],
  ['tail <a href="never closed', 'tail'],
  ['</b></i>text</nothing>', 'text'],
]

for (const [html, text] of cases) {
  test(`text of ${html.slice(0, 40)}`, () => {
    assert.equal(textOfHtml(html, 1000).text, text)
  })
}

test('links carry address and what is shown; forms and maps count', () => {
  const { links, images, counts } = textOfHtml(
    `<a href=" https://a.example/\n?x=1&amp;y=2 ">go <b>there</b></a><a name=x>anchor</a>
    <a href='https://b.example'><img src=cid:1 alt="Two &amp; two"></a>
    <form action="https://c.example/post"><input type=PASSWORD></form><area href=//d.example>`,
    1000,
  )
  assert.deepEqual(links, [
    { href: 'https://a.example/?x=1&y=2', text: 'go there' },
    { href: 'https://b.example', text: '' },
    { href: 'https://c.example/post', text: '' },
    { href: '//d.example', text: '' },
  ])
  assert.deepEqual(images, [{ src: 'cid:1', alt: 'Two & two' }])
  assert.equal(counts.forms, 1)
  assert.equal(counts.passwordFields, 1)
})

test('hidden text is kept apart and counted', () => {
  const { text, hidden, hiddenLength } = textOfHtml(
    '<div style="max-height:0; overflow:hidden">preview words</div><p style="opacity:0">more</p>Hello',
    1000,
  )
  assert.equal(text, 'Hello')
  assert.equal(hidden, 'preview words more')
  assert.equal(hiddenLength, 17)
})

test('text beyond the limit is cut and said so', () => {
  const { text, isCut } = textOfHtml('<p>abcdef</p><p>ghij</p>', 8)
  assert.equal(text, 'abcdef\ng')
  assert.equal(isCut, true)
})

test('hostile shapes cost no more than their length', () => {
  const shapes = [
    '<',
    '<a ',
    '<!--',
    '<div>',
    '</div',
    '&#x',
    '<script>',
    '<a href="',
    '<p x=',
    '</script',
    '<b></i>',
  ]
  for (const shape of shapes) {
    const html = shape.repeat(Math.ceil(300_000 / shape.length))
    const read = textOfHtml(html, 10_000)
    assert.ok(read.text.length <= 10_000 && read.links.length <= 1000, shape)
  }
})

test('references to no character are replaced', () => {
  assert.equal(decodeEntities('&#0;&#xD800;&#99999999;&#x10FFFF;'), '\ufffd\ufffd\ufffd\u{10ffff}')
})
