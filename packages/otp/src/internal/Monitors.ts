/** Those who want to know of the ends of one member of the tree. */
import type { Down } from "../Monitor.ts"
import type { Runtime } from "./Runtime.ts"

export class Monitors {
  private readonly callbacks = new Set<(down: Down) => void>()

  add(onDown: (down: Down) => void): () => void {
    // A wrapper of its own: two monitors with one callback are two monitors.
    const callback = (down: Down) => onDown(down)
    this.callbacks.add(callback)
    return () => {
      this.callbacks.delete(callback)
    }
  }

  /** Tells everybody who is there now and still there in a moment. */
  tell(runtime: Runtime, down: Down): void {
    for (const callback of this.callbacks) {
      runtime.defer(() => {
        if (this.callbacks.has(callback)) runtime.callBack(() => callback(down))
      })
    }
  }
}
