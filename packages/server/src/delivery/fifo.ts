// A queue whose front leaves in constant time: shifting an array of a hundred thousand does not.

/** When this many slots at the front are empty, the array is cut. */
const HOLE_MAX = 1024

export class Fifo<Item> {
  #items: (Item | undefined)[] = []
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  push(item: Item): void {
    this.#items.push(item)
  }

  /** Puts back what was taken too early. */
  unshift(item: Item): void {
    if (this.#head > 0) {
      this.#head -= 1
      this.#items[this.#head] = item
    } else this.#items.unshift(item)
  }

  shift(): Item | null {
    if (this.size === 0) return null
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head += 1
    if (this.#head >= HOLE_MAX && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item as Item
  }

  /** Takes out those that are wanted; the others keep their order. */
  remove(isWanted: (item: Item) => boolean): Item[] {
    const removed: Item[] = []
    const kept: Item[] = []
    for (const item of this.drain()) (isWanted(item) ? removed : kept).push(item)
    this.#items = kept
    return removed
  }

  /** Takes everything. */
  drain(): Item[] {
    const items = this.#items.slice(this.#head) as Item[]
    this.#items = []
    this.#head = 0
    return items
  }
}
