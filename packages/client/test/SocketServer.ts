// The server in memory behind real sockets, for one browser: it keeps one session, as a cookie jar would.
import type { User } from "@messenger/protocol/Account"
import { AccountTaken, NameInvalid, NameTaken } from "@messenger/protocol/Account"
import { Unauthenticated } from "@messenger/protocol/Handshake"
import { LinkInvalid } from "@messenger/protocol/Link"
import { WrongPassword } from "@messenger/protocol/Password"
import { statusOf } from "@messenger/protocol/rest/Problems"
import { SessionError, WrongCredentials } from "@messenger/protocol/Session"
import { sessionEndCode } from "@messenger/protocol/SessionEnd"
import { Cause, Effect, Exit, Option, Queue, Schema, Scope } from "effect"
import type { Socket } from "effect/socket"
import { createServer } from "node:http"
import type { IncomingHttpHeaders, IncomingMessage, Server } from "node:http"
import { WebSocketServer } from "ws"
import { MemoryServer, roleOf, userOf } from "./MemoryServer.ts"

const encodeError = Schema.encodeSync(Schema.toCodecJson(SessionError))

interface Body {
  readonly name?: string
  readonly username?: string
  readonly email?: string
  readonly password?: string
  readonly newPassword?: string
  readonly token?: string
  readonly remember?: boolean
  readonly invite?: string
}

interface Account {
  readonly user: User
  readonly email: string | undefined
  password: string | undefined
}

/** Listens while the scope is open. */
export const make = Effect.gen(function* () {
  const server = yield* MemoryServer
  const scope = yield* Effect.scope
  const accounts = new Map<string, Account>()
  const bearers = new Map<string, User>()
  const bodies: Array<Body> = []
  const upgrades: Array<IncomingHttpHeaders> = []
  let user: User | undefined
  // How many of the next questions who is logged in are answered as if the new cookie had not arrived yet.
  let answersBehind = 0
  let isBehindBrokenProxy = false
  const delays = new Map<string, Promise<void>>()

  /** Whoever the request is of. */
  const holderOf = (headers: IncomingHttpHeaders) => {
    const offered = headers["sec-websocket-protocol"]?.split(", messenger.bearer.")[1]
    const token = headers.authorization?.replace("Bearer ", "") ?? offered
    return token === undefined ? user : bearers.get(token)
  }

  /** From now on the session is that person's; whatever was open under the old one is closed. */
  const renew = (next: User) => {
    user = next
    Effect.runSync(server.dropSockets(sessionEndCode.Renewed))
  }

  /** What came of the request; undefined when it is only asked who is logged in. */
  const answerOf = (path: string, body: Body): SessionError | undefined => {
    const { username = "", email, password, newPassword } = body
    const own = [...accounts.values()].find((account) => account.user.id === user?.id)
    switch (path) {
      case "/logout":
        user = undefined
        return undefined
      case "/guest":
        if (body.name === "") return new NameInvalid({ reason: "Empty" })
        if (body.name === "taken") return new NameTaken()
        user ??= userOf(body.name ?? "")
        return undefined
      case "/register": {
        if (accounts.has(username)) return new AccountTaken()
        const registered = { ...(user ?? userOf(username)), isGuest: false }
        accounts.set(username, { user: registered, email, password })
        renew(registered)
        return undefined
      }
      case "/login": {
        const account = accounts.get(username) ?? [...accounts.values()].find((each) => each.email === email)
        if (account === undefined || account.password !== password) return new WrongCredentials()
        renew(account.user)
        return undefined
      }
      case "/api/v1/me/password":
        if (own === undefined || own.password !== password) return new WrongPassword()
        own.password = newPassword
        renew(own.user)
        return undefined
      case "/api/v1/reset": {
        const account = accounts.get(body.token?.replace("reset-", "") ?? "")
        if (account === undefined) return new LinkInvalid()
        account.password = password
        renew(account.user)
        return undefined
      }
      default:
        return undefined
    }
  }

  const http = createServer((request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json", "set-cookie": "session=secret; HttpOnly" })
      response.end(JSON.stringify(body))
    }
    if (isBehindBrokenProxy) return void response.writeHead(502).end("<html>Bad Gateway</html>")
    let text = ""
    request.setEncoding("utf8")
    request.on("data", (chunk: string) => (text += chunk))
    request.on("end", async () => {
      const body: Body = text === "" ? {} : JSON.parse(text)
      if (text !== "") bodies.push(body)
      const path = request.url ?? ""
      const error = answerOf(path, body)
      const isBehind = path === "/session" && answersBehind-- > 0
      const holder = isBehind ? undefined : holderOf(request.headers)
      await delays.get(path)
      if (request.headers.authorization !== undefined && holder === undefined) {
        return answer(401, encodeError(new Unauthenticated()))
      }
      if (error !== undefined) return answer(statusOf(error), encodeError(error))
      answer(200, {
        user: holder ?? null,
        role: holder === undefined ? null : roleOf(holder),
        registration: "invite",
        guests: true
      })
    })
  })

  const webSockets = new WebSocketServer({
    server: http,
    path: "/rpc",
    // As the server does it: a token that is nobody's is refused, a cookie that is nobody's is let in and told so.
    verifyClient: ({ req }: { readonly req: IncomingMessage }) =>
      req.headers.authorization === undefined || holderOf(req.headers) !== undefined,
    handleProtocols: (offered) => offered.has("messenger") && "messenger"
  })
  webSockets.on("connection", (webSocket, { headers }) => {
    upgrades.push(headers)
    const connection = Scope.forkUnsafe(scope, "sequential")
    const { says, hear } = Effect.runSync(Scope.provide(server.accept(holderOf(headers)), connection))
    const speak = Queue.take(says).pipe(
      Effect.map((text) => webSocket.send(text)),
      Effect.forever,
      Effect.onExit((exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) webSocket.close(closeCodeOf(exit.cause))
        })
      )
    )
    Effect.runFork(Effect.forkIn(speak, connection))
    webSocket.on("message", (data) => {
      if (Buffer.isBuffer(data)) Effect.runFork(hear(data.toString()))
    })
    webSocket.on("close", () => void Effect.runFork(Scope.close(connection, Exit.void)))
  })

  const port = yield* Effect.acquireRelease(listen(http), () =>
    Effect.promise(async () => {
      for (const webSocket of webSockets.clients) webSocket.terminate()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    })
  )
  return {
    ...server,
    origin: `http://127.0.0.1:${port}`,
    /** What was sent to it over HTTP. */
    bodies,
    /** The headers of every WebSocket. */
    upgrades,
    /** There is an account of that name, with its email address and its password. */
    addAccount: (username: string, email: string, password: string) => {
      accounts.set(username, { user: { ...userOf(username), isGuest: false }, email, password })
    },
    /** Whoever brings that token is `holder`. */
    addBearer: (token: string, holder: User) => void bearers.set(token, holder),
    /** The token is good no more. */
    revokeBearer: (token: string) => void bearers.delete(token),
    /** The session ends, as by a log-out elsewhere; sockets stay open until they are dropped. */
    endSession: () => {
      user = undefined
    },
    /** Another tab of the browser has logged in: sockets close, and the next `behind` answers still know nobody. */
    renew: (next: User, behind: number) => {
      answersBehind = behind
      renew(next)
    },
    /** Answers at that path, which are true when the request comes, are held back until the promise ends. */
    delayAnswers: (path: string, until: Promise<void>) => void delays.set(path, until),
    breakProxy: (isBroken: boolean) => {
      isBehindBrokenProxy = isBroken
    }
  }
})

// Codes below 4000 that no endpoint may send are said as a restart.
const closeCodeOf = (cause: Cause.Cause<Socket.SocketError>): number => {
  const error = Cause.findErrorOption(cause)
  const reason = Option.isSome(error) ? error.value.reason : undefined
  return reason?._tag === "SocketCloseError" && reason.code >= 4000 ? reason.code : 1012
}

const listen = (http: Server) =>
  Effect.callback<number>((resume) => {
    http.listen(0, "127.0.0.1", () => {
      const address = http.address()
      resume(
        typeof address === "object" && address !== null
          ? Effect.succeed(address.port)
          : Effect.die("no port to listen on")
      )
    })
  })
