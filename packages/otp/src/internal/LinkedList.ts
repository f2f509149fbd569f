/**
 * A doubly linked list whose links live in the items, so that withdrawing one from the middle is a constant, and an empty list,
 * of which every idle actor has several, is three words.
 */

/** What can be in one list at a time. */
export abstract class Linked<Item extends Linked<Item>> {
  previous: Item | undefined = undefined
  next: Item | undefined = undefined
  list: LinkedList<Item> | undefined = undefined
}

/** The list: first in, first out, with removal from anywhere. */
export class LinkedList<Item extends Linked<Item>> {
  first: Item | undefined = undefined
  last: Item | undefined = undefined
  size = 0

  append(item: Item): void {
    item.list = this
    item.previous = this.last
    item.next = undefined
    if (this.last === undefined) this.first = item
    else this.last.next = item
    this.last = item
    this.size++
  }

  remove(item: Item): boolean {
    if (item.list !== this) return false
    if (item.previous === undefined) this.first = item.next
    else item.previous.next = item.next
    if (item.next === undefined) this.last = item.previous
    else item.next.previous = item.previous
    item.list = undefined
    item.previous = undefined
    item.next = undefined
    this.size--
    return true
  }

  shift(): Item | undefined {
    const item = this.first
    if (item !== undefined) this.remove(item)
    return item
  }
}
