// Draws a guide from its blocks; links to other guides stay inside the console.
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { GuideLink } from '#shared/guide-link.tsx'
import classes from './guide.module.css'
import { loadPicture, targetOf } from './library.ts'
import type { Block, Cell, Inline } from './markdown.ts'

type Props = { readonly guide: string; readonly blocks: readonly Block[] }

export function GuideView({ guide, blocks }: Props) {
  return <>{blocks.map((block, index) => drawBlock(guide, block, index))}</>
}

function drawBlock(guide: string, block: Block, key: number): ReactNode {
  switch (block.kind) {
    case 'heading': {
      const Heading = block.level <= 2 ? 'h2' : block.level === 3 ? 'h3' : 'h4'
      return (
        <Heading key={key} id={block.id}>
          {draw(guide, block.parts)}
        </Heading>
      )
    }
    case 'paragraph':
      return <p key={key}>{draw(guide, block.parts)}</p>
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
        <pre key={key} className={classes.code} tabIndex={0}>
          {block.text}
        </pre>
      )
    case 'quote':
      return (
        <blockquote key={key} className={classes.quote}>
          <GuideView guide={guide} blocks={block.blocks} />
        </blockquote>
      )
    case 'picture':
      return <Picture key={key} alt={block.alt} from={block.from} />
    case 'list':
      return drawList(guide, block, key)
    case 'table':
      return drawTable(guide, block, key)
  }
}

function drawList(
  guide: string,
  { ordered, items }: Extract<Block, { kind: 'list' }>,
  key: number,
): ReactNode {
  const List = ordered ? 'ol' : 'ul'
  return (
    <List key={key} className={classes.list}>
      {items.map((blocks, index) => (
        <li key={index}>
          <ItemText guide={guide} blocks={blocks} />
        </li>
      ))}
    </List>
  )
}

/** The first paragraph of an item stands beside its mark, without a paragraph's space. */
function ItemText({ guide, blocks }: Props) {
  const [first, ...rest] = blocks
  if (first?.kind !== 'paragraph') return <GuideView guide={guide} blocks={blocks} />
  return (
    <>
      {draw(guide, first.parts)}
      <GuideView guide={guide} blocks={rest} />
    </>
  )
}

function drawTable(guide: string, { head, rows }: Extract<Block, { kind: 'table' }>, key: number): ReactNode {
  const cells = (row: readonly Cell[]) => row.map((cell, index) => <td key={index}>{draw(guide, cell)}</td>)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div key={key} role="group" className={classes.scroll} tabIndex={0} aria-label="Table">
      <table className={classes.table}>
        <thead>
          <tr>
            {head.map((cell, index) =>
              cell.length === 0 ? (
                <td key={index} />
              ) : (
                <th key={index} scope="col">
                  {draw(guide, cell)}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>{cells(row)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function draw(guide: string, parts: readonly Inline[]): ReactNode {
  return parts.map((part, index) => <Part key={`${index} ${part.kind}`} guide={guide} part={part} />)
}

function Part({ guide, part }: { readonly guide: string; readonly part: Inline }): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'code':
      return <code>{part.text}</code>
    case 'strong':
      return <strong>{draw(guide, part.parts)}</strong>
    case 'emphasis':
      return <em>{draw(guide, part.parts)}</em>
    case 'link': {
      const target = targetOf(guide, part.to)
      const words = draw(guide, part.parts)
      if (target.kind === 'nowhere') return words
      if (target.kind === 'outside') return <a href={target.href}>{words}</a>
      return (
        <GuideLink guide={target.guide} hash={target.hash}>
          {words}
        </GuideLink>
      )
    }
  }
}

function Picture({ alt, from }: { readonly alt: string; readonly from: string }) {
  const { data } = useQuery({
    queryKey: ['guide-picture', from],
    queryFn: () => loadPicture(from),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data ? <img className={classes.picture} src={data} alt={alt} /> : null
}
