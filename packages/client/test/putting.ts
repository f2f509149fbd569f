// A process that puts one message after the other into the outbox in the folder it is given, and says a dot for each, until it is
// killed.
import { UserId } from "@messenger/protocol/Account"
import { ClientKey } from "@messenger/protocol/Message"
import { RoomId } from "@messenger/protocol/Room"
import { Effect } from "effect"
import { layer } from "../src/FileOutboxStore.ts"
import { OutboxStore } from "../src/OutboxStore.ts"

const [folder = "", server = ""] = process.argv.slice(2)

await Effect.gen(function* () {
  const store = yield* OutboxStore
  for (let number = 0; ; number++) {
    const key = ClientKey.make(`message-${number}`)
    const text = `message ${number}`
    yield* store.put({ key, roomId: RoomId.make("lobby"), text, writtenAt: 0, refusal: null })
    process.stdout.write(".")
  }
}).pipe(Effect.provide(layer(folder, { server, account: UserId.make("ada") })), Effect.runPromise)
