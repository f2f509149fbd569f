/** Who wants to know what changes in the tree, and what each of them has not read yet: every node at most once, however often it changed. */
import type { TreeNode } from "./TreeNode.ts"

/** Beyond so many unread nodes a reader is told to begin anew with a snapshot. */
const maxUnread = 10_000

/** One reader. */
export class Reader {
  private readonly dirty = new Set<TreeNode>()
  private readonly gone = new Set<string>()
  private wake: (() => void) | undefined = undefined
  /** True at first and after falling too far behind: only a snapshot brings this reader up to date. */
  isBehind = true

  changed(node: TreeNode): void {
    this.gone.delete(node.path)
    this.dirty.add(node)
    this.settle()
  }

  removed(node: TreeNode): void {
    this.dirty.delete(node)
    this.gone.add(node.path)
    this.settle()
  }

  get hasNews(): boolean {
    return this.isBehind || this.dirty.size > 0 || this.gone.size > 0
  }

  /** Calls once as soon as there is something to read. */
  onNews(wake: () => void): void {
    this.wake = wake
  }

  /** Everything unread, and forgets it. */
  take(): { readonly changed: ReadonlyArray<TreeNode>; readonly removed: ReadonlyArray<string> } {
    const news = { changed: [...this.dirty], removed: [...this.gone] }
    this.forget()
    return news
  }

  forget(): void {
    this.isBehind = false
    this.dirty.clear()
    this.gone.clear()
  }

  private settle(): void {
    if (this.dirty.size + this.gone.size > maxUnread) {
      this.forget()
      this.isBehind = true
    }
    const wake = this.wake
    this.wake = undefined
    wake?.()
  }
}

/** All readers. Costs nothing while nobody reads. */
export class Changes {
  private readonly readers = new Set<Reader>()

  open(): Reader {
    const reader = new Reader()
    this.readers.add(reader)
    return reader
  }

  close(reader: Reader): void {
    this.readers.delete(reader)
  }

  changed(node: TreeNode): void {
    for (const reader of this.readers) reader.changed(node)
  }

  removed(node: TreeNode): void {
    for (const reader of this.readers) reader.removed(node)
  }
}
