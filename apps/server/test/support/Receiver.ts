// An address that webhooks call, on this machine: real sockets, and answers that a test chooses.
import { Effect, type Scope } from "effect"
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http"
import { createServer as createTlsServer } from "node:https"
import type { AddressInfo } from "node:net"

/** What arrived. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Receiver {
  readonly port: number
  /** All that arrived whole, in order. */
  readonly received: ReadonlyArray<Received>
  /** How many connections were made. */
  readonly connections: number
}

/** Starts one; `answer` sees each request when its body has been read. It ends with the scope, with all of its connections. */
export const startReceiver = (
  answer: RequestListener = (_, response) => void response.end("ok"),
  { host = "127.0.0.1", isTls = false } = {}
): Effect.Effect<Receiver, never, Scope.Scope> =>
  Effect.gen(function* () {
    const received: Array<Received> = []
    let connections = 0
    const listener: RequestListener = (request, response) => {
      let body = ""
      request.setEncoding("utf8")
      request.on("data", (part: string) => (body += part))
      request.on("end", () => {
        received.push({ path: request.url ?? "", headers: request.headers, body })
        answer(request, response)
      })
    }
    const server = yield* Effect.acquireRelease(
      Effect.callback<ReturnType<typeof createServer> | ReturnType<typeof createTlsServer>>((resume) => {
        const made = isTls ? createTlsServer({ key, cert: certificate }, listener) : createServer(listener)
        made.on("connection", () => connections++)
        made.listen(0, host, () => resume(Effect.succeed(made)))
      }),
      (server) =>
        Effect.sync(() => {
          server.close()
          server.closeAllConnections()
        })
    )
    const address: AddressInfo | string | null = server.address()
    if (address === null || typeof address === "string") throw new Error("it does not listen")
    return {
      port: address.port,
      received,
      get connections() {
        return connections
      }
    }
  })

/** The certificate of `hooks.test`, signed by itself; valid until 2120. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBZDCCAQqgAwIBAgIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDApob29rcy50
ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAVMRMwEQYDVQQD
DApob29rcy50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE81o6h27Yv4gu
T8a8aqDzXCKpOkN5/ip6o1mpchRthhv5BcCsccSSv9RoD1k3xVdGuYyCsKPEDlv2
khMYmhd8SaNJMEcwFQYDVR0RBA4wDIIKaG9va3MudGVzdDAPBgNVHRMBAf8EBTAD
AQH/MB0GA1UdDgQWBBRndL0idA+Uap9QP/bnXcdTpfe42DAKBggqhkjOPQQDAgNI
ADBFAiApvT4tilKHkxD1P5rP2GIE6H0OGQRsp6xtP3bpcwyJYgIhAIK7/3pq+NmK
L0BxVxcoxNfldjVm2trjPtuuaSqECsbP
-----END CERTIFICATE-----`

// Opens nothing but the receivers of these tests.
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeKSruF1nB4diMFMc
WVlKG2rZmHaVJdfT2sXHe5rcZmChRANCAATzWjqHbti/iC5PxrxqoPNcIqk6Q3n+
KnqjWalyFG2GG/kFwKxxxJK/1GgPWTfFV0a5jIKwo8QOW/aSExiaF3xJ
-----END PRIVATE KEY-----`
