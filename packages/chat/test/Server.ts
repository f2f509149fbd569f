// A chat server without gateways: the whole branch of the tree over ports in memory, on the test clock.
import * as Supervisor from "@messenger/otp/Supervisor"
import { UserId } from "@messenger/protocol/Account"
import { ClientKey } from "@messenger/protocol/Message"
import { RoomId } from "@messenger/protocol/Room"
import { RoomFrame } from "@messenger/protocol/RoomFeed"
import * as RoomView from "@messenger/protocol/RoomView"
import { ChatSupervisor } from "@messenger/chat/ChatSupervisor"
import { Commits } from "@messenger/chat/Commits"
import * as Janitor from "@messenger/chat/Janitor"
import { PasswordHashCost } from "@messenger/chat/Passwords"
import type { Asker } from "@messenger/chat/Rooms"
import { Sessions } from "@messenger/chat/Sessions"
import * as SingleNode from "@messenger/chat/SingleNode"
import type { Broadcast, Sink } from "@messenger/chat/Sink"
import * as Memory from "@messenger/storage/Memory"
import { Effect, Latch, Layer, Schema } from "effect"
import { Receivers } from "./Receivers.ts"

/** The room every server begins with. */
export const lobby = RoomId.make("lobby")

/** Starts the tree; everything else is built on it. */
const running = Layer.effectDiscard(
  Effect.gen(function* () {
    const commits = yield* Commits
    const chat = yield* ChatSupervisor
    yield* Supervisor.start({ id: "root", strategy: "rest_for_one", children: [commits.childSpec, chat.childSpec] })
  })
)

const keepingHouse = Layer.effectDiscard(
  Effect.gen(function* () {
    const { childSpec } = yield* Sessions
    const janitor = yield* Janitor.make
    yield* Supervisor.start({ id: "root", strategy: "rest_for_one", children: [childSpec, janitor] })
  })
)

/** The least a hash may cost: these tests are about something else. */
export const cheap = { memoryKiB: 8, passes: 1, lanes: 1 }

const servicesAt = (cost: typeof cheap) =>
  SingleNode.layer.pipe(Layer.provide(Layer.succeed(PasswordHashCost, cost)), Layer.provideMerge(Receivers.layer))

/** The chat branch over storage; tests put their own storage below it. */
export const over = <A, E>(storage: Layer.Layer<A | Layer.Success<typeof Memory.layer>, E>, cost = cheap) =>
  running.pipe(Layer.provideMerge(servicesAt(cost)), Layer.provideMerge(storage))

/** The whole server in memory. */
export const layer = over(Memory.layer)

/**
 * The server in memory for tests of months: in its tree are only those who end sessions and tidy up. The other workers look around
 * every few minutes, which over months on the test clock is tens of thousands of wakings that find nothing to do.
 */
export const forMonths = keepingHouse.pipe(Layer.provideMerge(servicesAt(cheap)), Layer.provideMerge(Memory.layer))

let connections = 0

/** Somebody with a connection of their own, whom no database knows. */
export const person = (name: string, standing: Partial<Pick<Asker, "role" | "scope">> = {}): Asker => ({
  user: { id: UserId.make(name.toLowerCase()), name, isGuest: true },
  role: "guest",
  scope: null,
  ...standing,
  sessionId: null,
  connectionId: ++connections,
  address: "127.0.0.1"
})

let keys = 0

/** A key that was never used. */
export const freshKey = () => ClientKey.make(`key-${String(++keys).padStart(8, "0")}`)

const decode = Schema.decodeUnknownSync(Schema.Array(Schema.toCodecJson(RoomFrame)))

/** A reader at the far end of a follow: it folds what it is given, and can stop reading. */
export class Reader implements Sink {
  view = RoomView.empty
  readonly frames: Array<RoomFrame> = []
  private isStuck = false
  private readonly flowing = Latch.makeUnsafe(true)

  write(broadcast: Broadcast): boolean {
    for (const frame of decode(JSON.parse(`[${broadcast.json}]`))) {
      this.frames.push(frame)
      this.view = RoomView.apply(this.view, frame, 0)
    }
    return !this.isStuck
  }

  get drained() {
    return this.flowing.await
  }

  /** From now on there is no room for more. */
  stick(): void {
    this.isStuck = true
    this.flowing.closeUnsafe()
  }

  /** Everything has drained. */
  flow(): void {
    this.isStuck = false
    this.flowing.openUnsafe()
  }

  get texts(): ReadonlyArray<string> {
    return this.view.messages.map(({ text }) => text)
  }

  /** The tags of the frames so far. */
  get tags(): ReadonlyArray<string> {
    return this.frames.map(({ _tag }) => _tag)
  }
}
