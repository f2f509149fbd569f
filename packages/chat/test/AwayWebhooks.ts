// The webhooks of storage, with a database that a test can take away; below it the hand on commits of `Storage.ts`.
import { DatabaseAway } from "@messenger/storage/StorageFailure"
import { Webhooks } from "@messenger/storage/Webhooks"
import { Context, Effect, Latch, Layer } from "effect"
import * as Storage from "./Storage.ts"

/** What the database does to the worker of webhooks. */
export class WebhookHand extends Context.Service<WebhookHand, WebhookHandState>()("test/WebhookHand") {}

class WebhookHandState {
  /** Nothing can be read or written. */
  isAway = false
  /** What attempts came to cannot be written. */
  isSettlingAway = false
  /** Outgoing webhooks are made, and the answer is lost. */
  isMakingLost = false
  private readonly gate = Latch.makeUnsafe(true)
  /** How often it was asked which rooms are told, and which webhooks are behind. */
  readonly asked = { roomsTold: 0, behind: 0 }

  /** Which rooms are told is read, and not answered until `releaseRooms`. */
  holdRooms(): void {
    this.gate.closeUnsafe()
  }

  releaseRooms(): void {
    this.gate.openUnsafe()
  }

  get roomsAnswered() {
    return this.gate.await
  }
}

const handled = Layer.effect(
  Webhooks,
  Effect.gen(function* () {
    const rows = yield* Webhooks
    const hand = yield* WebhookHand
    const unless = <A>(isAway: () => boolean, effect: Effect.Effect<A, DatabaseAway>) =>
      Effect.suspend(() =>
        isAway() ? Effect.fail(new DatabaseAway({ operation: "test", cause: "the test took it away" })) : effect
      )
    const unlessAway = <A>(effect: Effect.Effect<A, DatabaseAway>) => unless(() => hand.isAway, effect)
    const counted = <A>(read: keyof WebhookHandState["asked"], effect: Effect.Effect<A, DatabaseAway>) =>
      unlessAway(
        Effect.andThen(
          Effect.sync(() => hand.asked[read]++),
          effect
        )
      )
    return Webhooks.of({
      ...rows,
      roomsTold: Effect.tap(counted("roomsTold", rows.roomsTold), () => hand.roomsAnswered),
      behind: counted("behind", rows.behind),
      createOutgoing: (...asked) =>
        Effect.tap(rows.createOutgoing(...asked), () => unless(() => hand.isMakingLost, Effect.void)),
      nextDue: (now) => unlessAway(rows.nextDue(now)),
      due: (...asked) => unlessAway(rows.due(...asked)),
      enqueue: (...asked) => unlessAway(rows.enqueue(...asked)),
      settle: (attempts) => unless(() => hand.isAway || hand.isSettlingAway, rows.settle(attempts))
    })
  })
)

/** The ports in memory, under both hands. */
export const layer = handled.pipe(
  Layer.provideMerge(Layer.sync(WebhookHand, () => new WebhookHandState())),
  Layer.provideMerge(Storage.layer)
)
