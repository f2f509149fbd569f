import { describe, expect, it } from "@effect/vitest"
import { WebhookTransport } from "@messenger/chat/WebhookTransport"
import { Effect, Fiber, Layer } from "effect"
import * as Dns from "effect/net/Dns"
import * as NetAddress from "effect/net/NetAddress"
import { TestClock } from "effect/testing"
import { getCACertificates, setDefaultCACertificates } from "node:tls"
import { ServerConfig } from "../../src/ServerConfig.ts"
import * as Transport from "../../src/webhooks/Transport.ts"
import { certificate, startReceiver } from "../support/Receiver.ts"
import { until } from "../support/WireClient.ts"

/** A transport, and what names it has asked for; each name has a list of answers, of which the last one is repeated. */
const transportWith = (allow: string, names: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>> = {}) =>
  Effect.gen(function* () {
    const asked: Array<string> = []
    const dns = Dns.make({
      lookup: (host) =>
        Effect.suspend(() => {
          asked.push(host)
          const answers = names[host]
          const turn = asked.filter((name) => name === host).length - 1
          if (answers === undefined)
            return Effect.fail(new Dns.DnsError({ reason: "NotFound", method: "lookup", hostname: host }))
          return Effect.succeed((answers[turn] ?? answers.at(-1) ?? []).map(NetAddress.ipFromStringUnsafe))
        })
    })
    const transport = yield* Effect.provide(
      WebhookTransport,
      Transport.layer.pipe(
        Layer.provide(Layer.merge(Layer.succeed(Dns.Dns, dns), ServerConfig.layer({ WEBHOOK_ALLOW: allow })))
      )
    )
    return { ...transport, asked }
  })

const delivery = (url: string) => ({
  url,
  headers: { "content-type": "application/json", "webhook-id": "msg_1" },
  body: '{"text":"wörld"}'
})

const loopback = "127.0.0.0/8,::1"

describe("the address of a webhook", () => {
  const names = {
    "public.example": [["93.184.215.14", "2606:2800:21f:cb07::1"]],
    "private.example": [["10.0.0.7"]],
    "both.example": [["93.184.215.14", "10.0.0.7"]],
    "hidden.example": [["93.184.215.14", "::ffff:169.254.169.254"]],
    "metadata.example": [["fd00:ec2::254"]],
    localhost: [["127.0.0.1", "::1"]]
  }

  it.effect.each([
    ["https://public.example/hook?a=1#there", "https://public.example/hook?a=1"],
    ["HTTPS://Public.Example.:443/hook", "https://public.example/hook"],
    ["https://public.example:8443", "https://public.example:8443/"],
    ["https://@public.example/", "https://public.example/"],
    ["https://1.1.1.1/", "https://1.1.1.1/"],
    ["https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"]
  ] as const)("that is public is taken as it will be called: %s", ([url, called]) =>
    Effect.gen(function* () {
      const { check } = yield* transportWith("", names)
      expect(yield* check(url)).toBe(called)
    })
  )

  it.effect.each([
    ["", "NotAnAddress"],
    ["public.example/hook", "NotAnAddress"],
    ["ftp://public.example/", "NotAnAddress"],
    ["file:///etc/passwd", "NotAnAddress"],
    ["javascript:alert(1)", "NotAnAddress"],
    ["https://", "NotAnAddress"],
    ["https://256.1.1.1/", "NotAnAddress"],
    ["https://[fe80::1%25eth0]/", "NotAnAddress"],
    ["https://public.example:99999/", "NotAnAddress"],
    ["https://ada:secret@public.example/", "HasCredentials"],
    ["https://ada@public.example/", "HasCredentials"],
    ["http://public.example/", "NotHttps"],
    ["http://nothing.example/", "NotHttps"],
    ["http://private.example/", "NotHttps"],
    ["https://nothing.example/", "NotPublic"],
    ["https://private.example/", "NotPublic"],
    ["https://both.example/", "NotPublic"],
    ["https://hidden.example/", "NotPublic"],
    ["https://metadata.example/", "NotPublic"],
    ["https://localhost/", "NotPublic"],
    ["https://LOCALHOST./", "NotPublic"],
    ["https://169.254.169.254/latest/meta-data/", "NotPublic"],
    ["https://127.0.0.1/", "NotPublic"],
    ["https://127.0.0.1./", "NotPublic"],
    ["https://127.1/", "NotPublic"],
    ["https://2130706433/", "NotPublic"],
    ["https://0x7f000001/", "NotPublic"],
    ["https://0x7f.1/", "NotPublic"],
    ["https://0177.0.0.1/", "NotPublic"],
    ["https://%31%32%37.0.0.1/", "NotPublic"],
    ["https://①②⑦.⓪.⓪.①/", "NotPublic"],
    ["https://0/", "NotPublic"],
    ["https://[::]/", "NotPublic"],
    ["https://[::1]/", "NotPublic"],
    ["https://[0:0:0:0:0:ffff:7f00:1]/", "NotPublic"],
    ["https://[::ffff:10.0.0.7]/", "NotPublic"],
    ["https://[64:ff9b::a9fe:a9fe]/", "NotPublic"]
  ] as const)("%s is refused: %s", ([url, reason]) =>
    Effect.gen(function* () {
      const { check } = yield* transportWith("", names)
      expect(yield* Effect.flip(check(url))).toMatchObject({ _tag: "WebhookUrlRefused", reason })
    })
  )

  it.effect("in one's own network is taken by network, by address or by name, also by http", () =>
    Effect.gen(function* () {
      const { check } = yield* transportWith("10.0.0.0/24, ::1, Localhost", names)
      for (const url of [
        "http://10.0.0.1:8080/",
        "https://private.example/",
        "http://[::1]/",
        "http://localhost:3000/"
      ])
        expect(yield* check(url)).toBe(url)
      expect(yield* Effect.flip(check("http://both.example/"))).toMatchObject({ reason: "NotHttps" })
      expect(yield* check("https://both.example/")).toBe("https://both.example/")
      expect(yield* Effect.flip(check("https://10.0.1.1/"))).toMatchObject({ reason: "NotPublic" })
      expect(yield* Effect.flip(check("https://127.0.0.1/"))).toMatchObject({ reason: "NotPublic" })
      expect(yield* Effect.flip(check("http://x.localhost/"))).toMatchObject({ reason: "NotHttps" })
    })
  )

  it.effect("whose name is not answered for in time has none", () =>
    Effect.gen(function* () {
      const never = Layer.succeed(Dns.Dns, Dns.make({ lookup: () => Effect.never }))
      const { check } = yield* Effect.provide(
        WebhookTransport,
        Transport.layer.pipe(Layer.provide(Layer.merge(never, ServerConfig.layer({}))))
      )
      const checking = yield* Effect.forkChild(Effect.flip(check("https://slow.example/")))
      yield* TestClock.adjust("5 seconds")
      expect(yield* Fiber.join(checking)).toMatchObject({ reason: "NotPublic" })
    })
  )
})

describe("a delivery", () => {
  it.live("arrives as it was given, under the name that was called, on a connection that is not kept", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver((_, response) => void response.writeHead(202).end("taken"))
      const { post } = yield* transportWith(loopback, { "hooks.test": [["127.0.0.1"]] })
      const url = `http://hooks.test:${receiver.port}/deep/path?token=1`
      expect(yield* post(delivery(url))).toMatchObject({ _tag: "Answered", status: 202 })
      expect(yield* post(delivery(url))).toMatchObject({ _tag: "Answered", status: 202 })
      expect(receiver.connections).toBe(2)
      expect(receiver.received[0]).toMatchObject({
        path: "/deep/path?token=1",
        body: '{"text":"wörld"}',
        headers: {
          host: `hooks.test:${receiver.port}`,
          "content-length": "17",
          "content-type": "application/json",
          "webhook-id": "msg_1",
          connection: "close"
        }
      })
    })
  )

  it.live("asks for a name once, so that a second answer changes nothing (DNS rebinding)", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      const good = yield* startReceiver(undefined, { host: "127.0.0.2" })
      const transport = yield* transportWith("127.0.0.2", { "rebind.test": [["127.0.0.2"], ["127.0.0.1"]] })
      yield* transport.post(delivery(`http://rebind.test:${good.port}/`))
      expect(transport.asked).toEqual(["rebind.test"])
      expect(good.received.length).toBe(1)
      expect(yield* transport.post(delivery(`https://rebind.test:${receiver.port}/`))).toMatchObject({
        _tag: "Unanswered",
        problem: "Refused"
      })
      expect(transport.asked).toEqual(["rebind.test", "rebind.test"])
      expect(receiver.connections).toBe(0)
    })
  )

  it.live("is not made when one address of its name may not be called, wherever the others lead", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      const { post } = yield* transportWith("127.0.0.2", { "both.test": [["127.0.0.2", "127.0.0.1"]] })
      for (const scheme of ["http", "https"]) {
        const attempt = yield* post(delivery(`${scheme}://both.test:${receiver.port}/`))
        expect(attempt).toMatchObject({ _tag: "Unanswered", problem: "Refused" })
      }
      expect(receiver.connections).toBe(0)
    })
  )

  it.live("tries the other checked addresses when the first does not answer", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver()
      const { post } = yield* transportWith(loopback, { "two.test": [["127.0.0.3", "127.0.0.1"]] })
      expect(yield* post(delivery(`http://two.test:${receiver.port}/`))).toMatchObject({ status: 200 })
    })
  )

  it.live("follows no redirect", () =>
    Effect.gen(function* () {
      const inner = yield* startReceiver()
      for (const status of [301, 302, 303, 307, 308]) {
        const receiver = yield* startReceiver((_, response) =>
          response.writeHead(status, { location: `http://127.0.0.1:${inner.port}/` }).end()
        )
        const { post } = yield* transportWith(loopback)
        expect(yield* post(delivery(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({ _tag: "Answered", status })
      }
      expect(inner.connections).toBe(0)
    })
  )

  it.live("goes through no proxy that the environment names", () =>
    Effect.gen(function* () {
      const proxy = yield* startReceiver()
      const receiver = yield* startReceiver()
      yield* Effect.acquireRelease(
        Effect.sync(() => (process.env["http_proxy"] = `http://127.0.0.1:${proxy.port}`)),
        () => Effect.sync(() => delete process.env["http_proxy"])
      )
      const { post } = yield* transportWith(loopback)
      expect(yield* post(delivery(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({ status: 200 })
      expect([proxy.connections, receiver.connections]).toEqual([0, 1])
    })
  )

  it.live("is read to 64 KiB of an answer and no further", () =>
    Effect.gen(function* () {
      let isClosed = false
      const limit = 64 * 1024
      const exact = yield* startReceiver((_, response) => void response.end("x".repeat(limit)))
      const endless = yield* startReceiver((_, response) => {
        const part = Buffer.alloc(16 * 1024)
        const more = (): void => void (isClosed || response.write(part, () => setImmediate(more)))
        response.on("close", () => (isClosed = true))
        more()
      })
      const { post } = yield* transportWith(loopback)
      expect(yield* post(delivery(`http://127.0.0.1:${exact.port}/`))).toMatchObject({ _tag: "Answered", status: 200 })
      expect(yield* post(delivery(`http://127.0.0.1:${endless.port}/`))).toMatchObject({ problem: "TooLarge" })
      yield* until("the connection was given up", () => isClosed)
    })
  )

  it.live("reads no head of more than 16 KiB", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver((_, response) =>
        response.writeHead(200, { "x-long": "x".repeat(32 * 1024) }).end()
      )
      const { post } = yield* transportWith(loopback)
      expect(yield* post(delivery(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({ problem: "TooLarge" })
    })
  )

  it.effect("is over after five seconds, whether nothing or a little at a time is answered", () =>
    Effect.gen(function* () {
      const open = { connections: 0 }
      const silent = yield* startReceiver((request) => {
        open.connections++
        request.socket.on("close", () => open.connections--)
      })
      const dripping = yield* startReceiver((request, response) => {
        open.connections++
        request.socket.on("close", () => open.connections--)
        response.writeHead(200).write("a little")
      })
      const { post } = yield* transportWith(loopback)
      const attempts = yield* Effect.forEach([silent, dripping], ({ port }) =>
        Effect.forkChild(post(delivery(`http://127.0.0.1:${port}/`)))
      )
      yield* TestClock.withLive(until("both were asked", () => open.connections === 2))
      yield* TestClock.adjust("4999 millis")
      expect(attempts.map((fiber) => fiber.pollUnsafe())).toEqual([undefined, undefined])
      yield* TestClock.adjust("1 millis")
      for (const attempt of attempts)
        expect(yield* Fiber.join(attempt)).toEqual({ _tag: "Unanswered", problem: "TimedOut", tookMillis: 5_000 })
      yield* TestClock.withLive(until("the connections were given up", () => open.connections === 0))
    })
  )

  it.live("that nobody takes, or that breaks off, or is answered by another protocol, found nobody", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(Effect.map(startReceiver(), ({ port }) => port))
      const breaking = yield* startReceiver((request) => void request.socket.destroy())
      const halfway = yield* startReceiver((_, response) => {
        response.writeHead(200, { "content-length": "100" })
        response.write("half", () => response.destroy())
      })
      const rubbish = yield* startReceiver((request) => void request.socket.end("rubbish\r\n\r\n"))
      const switching = yield* startReceiver(
        (request) =>
          void request.socket.end("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n")
      )
      const { post } = yield* transportWith(loopback)
      for (const port of [gone, breaking.port, halfway.port, rubbish.port, switching.port]) {
        expect(yield* post(delivery(`http://127.0.0.1:${port}/`))).toMatchObject({ problem: "Unreachable" })
      }
      expect(yield* post(delivery(`https://127.0.0.1:${breaking.port}/`))).toMatchObject({ problem: "Unreachable" })
    })
  )

  it.live("says what is wrong with an address as it is by now", () =>
    Effect.gen(function* () {
      const { post } = yield* transportWith("")
      expect(yield* post(delivery("https://nothing.example/"))).toMatchObject({ problem: "Refused" })
      expect(yield* post(delivery("https://127.0.0.1/"))).toMatchObject({ problem: "Refused" })
      expect(yield* post(delivery("rubbish"))).toMatchObject({ problem: "Refused" })
    })
  )

  it.live("that cannot even be begun fails nobody", () =>
    Effect.gen(function* () {
      const { post } = yield* transportWith(loopback)
      const attempt = yield* post({ url: "http://127.0.0.1:1/", headers: { "not a header": "\n" }, body: "" })
      expect(attempt).toMatchObject({ problem: "Unreachable" })
    })
  )
})

describe("a delivery over TLS", () => {
  const names = { "hooks.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]] }

  it.live("is not made when nobody vouches for the certificate", () =>
    Effect.gen(function* () {
      const receiver = yield* startReceiver(undefined, { isTls: true })
      const { post } = yield* transportWith(loopback, names)
      expect(yield* post(delivery(`https://hooks.test:${receiver.port}/`))).toMatchObject({ problem: "Untrusted" })
      expect(receiver.received).toEqual([])
    })
  )

  it.live("arrives when the certificate is that name's, and at no other name", () =>
    Effect.gen(function* () {
      const usual = getCACertificates("default")
      yield* Effect.acquireRelease(
        Effect.sync(() => setDefaultCACertificates([...usual, certificate])),
        () => Effect.sync(() => setDefaultCACertificates(usual))
      )
      const receiver = yield* startReceiver(undefined, { isTls: true })
      const { post } = yield* transportWith(loopback, names)
      expect(yield* post(delivery(`https://hooks.test:${receiver.port}/`))).toMatchObject({ status: 200 })
      expect(yield* post(delivery(`https://hooks.test.:${receiver.port}/`))).toMatchObject({ status: 200 })
      for (const host of ["other.test", "127.0.0.1"]) {
        expect(yield* post(delivery(`https://${host}:${receiver.port}/`))).toMatchObject({ problem: "Untrusted" })
      }
      expect(receiver.received.map(({ headers }) => headers.host)).toEqual(
        Array.from({ length: 2 }, () => `hooks.test:${receiver.port}`)
      )
    })
  )
})
