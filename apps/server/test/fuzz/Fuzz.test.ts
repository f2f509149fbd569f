import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { ask } from "../support/Http.ts"
import { startProcess, temporaryFolder } from "../support/ServerProcess.ts"
import { enter, open } from "../support/WireClient.ts"
import { Dice } from "./Dice.ts"
import { fuzzFrames } from "./FuzzFrames.ts"
import { fuzzRequest } from "./FuzzRequest.ts"
import { exchange, type Outcome } from "./FuzzWire.ts"

// The long form: FUZZ_REQUESTS=100000. FUZZ_SEED repeats the requests of a run that failed.
const requests = Number(process.env["FUZZ_REQUESTS"] ?? 5_000)
const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000_007)

const settings = {
  // Each request says that it comes from somewhere else, so that limits let most of them through.
  TRUSTED_PROXIES: "127.0.0.1",
  ALLOWED_ORIGINS: "https://app.example.org",
  GUESTS_PER_MINUTE: "1000000",
  LOG_LEVEL: "Warn"
}

/** What is wrong with an answer; undefined when nothing is. */
const fault = ({ isStuck, text }: Outcome, isWhole: boolean): string | undefined => {
  if (isStuck) return "the connection did not end"
  const heads = text.split(/^(?=HTTP\/1\.1 \d{3})/m).filter((part) => part.startsWith("HTTP/1.1 "))
  if (isWhole && heads.length === 0) return "there was no answer"
  const bad = heads.find((head) => head.startsWith("HTTP/1.1 5") && !isPassing503(head))
  return bad === undefined ? undefined : `the answer was ${bad.slice(0, 300)}`
}

const isPassing503 = (head: string) => /^HTTP\/1\.1 503 [^]*?^retry-after: \d+\r$/im.test(head)

describe("random and mutated requests", () => {
  it.live(
    "get no 5xx but one that says when to come back, crash nothing, and meet no bug",
    () =>
      Effect.gen(function* () {
        const server = yield* startProcess(yield* temporaryFolder, settings)
        const url = yield* server.url
        const { host, port } = new URL(url)
        const insider = { host, cookie: yield* enter({ url }, "Insider") }
        const seen = new Map<string, number>()
        const faults: Array<string> = []

        const one = (index: number) =>
          Effect.promise(async () => {
            const dice = new Dice(seed + index * 7_919)
            const request = fuzzRequest(dice, insider)
            const outcome = await exchange(Number(port), request, () => fuzzFrames(dice))
            const status = /^HTTP\/1\.1 (\d{3})/.exec(outcome.text)?.[1] ?? "none"
            seen.set(status, (seen.get(status) ?? 0) + 1)
            const found = fault(outcome, request.isWhole)
            if (found === undefined) return
            const sent = JSON.stringify(request.bytes.toString("latin1").slice(0, 1_000))
            faults.push(`FUZZ_SEED=${seed}, request ${index}: ${found}\n${sent}`)
          })
        yield* Effect.forEach(Array.from({ length: requests }).keys(), one, { concurrency: 32, discard: true })

        expect(faults.slice(0, 5)).toEqual([])
        expect([seed, server.errors(), /level=(ERROR|FATAL)/.exec(server.output())?.input]).toEqual([
          seed,
          "",
          undefined
        ])
        // Chance has been everywhere, and not only at the door.
        for (const status of ["101", "200", "400", "401", "403", "404", "431"]) {
          expect([seed, status, (seen.get(status) ?? 0) > 0]).toEqual([seed, status, true])
        }
        expect((seen.get("none") ?? 0) / requests).toBeLessThan(0.25)

        expect((yield* ask({ url }, "/healthz")).status).toBe(200)
        const client = yield* open({ url }, { headers: { cookie: yield* enter({ url }, "Grace"), origin: url } })
        client.ask("hello", "Handshake", { contract: 1 })
        client.ask("post", "PostMessage", { roomId: "lobby", key: "key-00000001", text: "still here" })
        expect((yield* client.exitOf("post"))._tag).toBe("Success")
        server.kill("SIGTERM")
        expect(yield* server.exitCode).toBe(0)
      }),
    { timeout: 30_000 + requests * 20 }
  )
})
