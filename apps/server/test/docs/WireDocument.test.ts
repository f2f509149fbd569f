// Holds the conversation that `docs/api.md` prints, with a plain WebSocket and nothing else: no client, no schema, no id of our own.
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { describe } from "vitest"
import { WebSocket } from "ws"
import { startProcess, temporaryFolder } from "../support/ServerProcess.ts"
import { until } from "../support/WireClient.ts"

const document = readFileSync(new URL("../../../../docs/api.md", import.meta.url), "utf8")

/** A block of JSON of the document, and what its fence says it is. */
interface Block {
  readonly kind: string
  readonly json: unknown
  readonly line: number
}

const blocks: ReadonlyArray<Block> = [
  ...document.matchAll(/^```json (post \S+|answer|send|receive)\n([^]*?)^```$/gm)
].map(({ 1: kind = "", 2: text = "", index }) => ({
  kind,
  json: JSON.parse(text),
  line: document.slice(0, index).split("\n").length
}))

type Given = ReadonlyMap<string, unknown>

const nameOf = (printed: unknown): string | undefined =>
  typeof printed === "string" ? /^\$\{(\w*)\}$/.exec(printed)?.[1] : undefined

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What is known after a value was found where the document prints `printed`; undefined when it is another. */
const match = (printed: unknown, found: unknown, given: Given): Given | undefined => {
  const name = nameOf(printed)
  if (name === "") return found === undefined ? undefined : given
  if (name !== undefined) {
    if (given.has(name)) return given.get(name) === found ? given : undefined
    return found === undefined || found === null ? undefined : new Map([...given, [name, found]])
  }
  if (Array.isArray(printed)) {
    if (!Array.isArray(found) || found.length !== printed.length) return undefined
    return printed.reduce<Given | undefined>(
      (known, item, index) => (known === undefined ? undefined : match(item, found[index], known)),
      given
    )
  }
  if (isRecord(printed)) {
    if (!isRecord(found) || Object.keys(found).length !== Object.keys(printed).length) return undefined
    return Object.entries(printed).reduce<Given | undefined>(
      (known, [key, item]) => (known === undefined ? undefined : match(item, found[key], known)),
      given
    )
  }
  return printed === found ? given : undefined
}

/** The text to send: what was given stands where its name is printed. */
const filled = (json: unknown, given: Given): string =>
  JSON.stringify(json, (_, value: unknown) => {
    const name = nameOf(value)
    if (name === undefined) return value
    if (!given.has(name)) throw new Error(`the document sends \${${name}} before it was given`)
    return given.get(name)
  })

describe("the conversation that docs/api.md prints", () => {
  it.live(
    "is held by a plain WebSocket, word for word",
    () =>
      Effect.gen(function* () {
        const server = yield* startProcess(yield* temporaryFolder, {})
        const url = yield* server.url
        const received: Array<unknown> = []
        let given: Given = new Map()
        let answer: unknown
        let socket: WebSocket | undefined

        const say = Effect.fnUntraced(function* (text: string) {
          if (socket === undefined) {
            const opened = new WebSocket(`${url.replace("http", "ws")}/rpc`, [
              "messenger",
              `messenger.bearer.${String(given.get("token"))}`
            ])
            socket = yield* Effect.acquireRelease(Effect.succeed(opened), (open) => Effect.sync(() => open.terminate()))
            opened.on("message", (data) => {
              if (Buffer.isBuffer(data)) received.push(JSON.parse(data.toString()))
            })
            yield* until("the socket is open", () => opened.readyState === WebSocket.OPEN)
          }
          socket.send(text)
        })

        const hear = Effect.fnUntraced(function* ({ json, line }: Block) {
          const indexOfIt = () => received.findIndex((message) => match(json, message, given) !== undefined)
          yield* until(`what line ${line} prints, among ${JSON.stringify(received)}`, () => indexOfIt() >= 0)
          const [message] = received.splice(indexOfIt(), 1)
          given = match(json, message, given) ?? given
        })

        for (const block of blocks) {
          const { kind, json, line } = block
          if (kind === "send") yield* say(filled(json, given))
          else if (kind === "receive") yield* hear(block)
          else if (kind === "answer") {
            const known = match(json, answer, given)
            expect(known, `line ${line} prints another answer than ${JSON.stringify(answer)}`).toBeDefined()
            given = known ?? given
          } else {
            answer = yield* Effect.promise(async () => {
              const response = await fetch(new URL(kind.replace("post ", ""), url), {
                method: "POST",
                headers: { "content-type": "application/json", origin: url },
                body: filled(json, given)
              })
              return response.json()
            })
          }
        }
        expect(blocks.filter(({ kind }) => kind === "send").length).toBeGreaterThan(10)
      }),
    { timeout: 60_000 }
  )
})
