// Whether this server should be sent new clients. Not before everything runs, and no longer once it drains.
import { Context, Effect, Layer } from "effect"

export class Readiness extends Context.Service<
  Readiness,
  {
    readonly isReady: () => boolean
    readonly set: (isReady: boolean) => void
  }
>()("@messenger/server/Readiness") {
  static readonly layer = Layer.effect(
    Readiness,
    Effect.sync(() => {
      let ready = false
      return Readiness.of({
        isReady: () => ready,
        set: (isReady) => {
          ready = isReady
        }
      })
    })
  )
}
