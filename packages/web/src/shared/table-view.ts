// How somebody wants a table: its columns and density, kept in this browser by the table's name.
import { useLocalStorage } from '@mantine/hooks'

export type TableView = {
  readonly dense: boolean
  readonly hidden: readonly string[]
}

/** The way it looks, and how to change it. `name` null: nothing is kept, such as for tables in dialogs. */
export function useTableView(name: string, usual: TableView) {
  const [view, setView] = useLocalStorage<TableView>({
    key: `gatepost-table-${name}`,
    defaultValue: usual,
    deserialize: (text) => readView(text) ?? usual,
  })
  return {
    view,
    setDense: (dense: boolean) => setView({ ...view, dense }),
    toggle: (id: string) =>
      setView({
        ...view,
        hidden: view.hidden.includes(id) ? view.hidden.filter((one) => one !== id) : [...view.hidden, id],
      }),
  }
}

/** What was kept, if it is of our making. */
export function readView(text: string | undefined): TableView | null {
  try {
    const { dense, hidden } = JSON.parse(text ?? '') as Partial<TableView>
    const isWhole =
      typeof dense === 'boolean' && Array.isArray(hidden) && hidden.every((id) => typeof id === 'string')
    return isWhole ? { dense, hidden } : null
  } catch {
    return null
  }
}
