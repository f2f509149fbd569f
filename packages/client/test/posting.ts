// A bot that says when it is connected, and once it is told something posts three messages that it waits for: a process to be killed.
// Arguments: server, token, folder of its outbox.
import { once } from "node:events"
import { connectBot } from "../src/Bot.ts"
import { inFolder } from "../src/FileOutboxStore.ts"

const [server = "", bearer, folder = ""] = process.argv.slice(2)
const bot = await connectBot({ server, bearer, store: inFolder(folder) })
await bot.room("lobby")
process.stdout.write("connected")
await once(process.stdin, "data")
await Promise.all(["one", "two", "three"].map((text) => bot.post("lobby", text)))
