// Opens the WebSocket to `/rpc` of a server, in browsers and in Node.
import { Effect, Layer } from "effect"
import { Socket } from "effect/socket"

/** Where the server is, and what to say when dialling. */
export interface DialOptions {
  /** Origin of the server, such as `https://chat.example.org`. */
  readonly server: string
  /** Headers of the upgrade, for Node: `cookie`, and `origin` with the server's own. A browser sends its own and takes none. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The socket of every connection; each reader dials anew. */
export const layer = ({ server, headers }: DialOptions): Layer.Layer<Socket.Socket> => {
  const url = new URL("/rpc", server)
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
  return Layer.effect(
    Socket.Socket,
    Socket.makeWebSocket(url.href, headers === undefined ? {} : { headers }).pipe(
      Effect.provideService(Socket.WebSocketConstructor, construct)
    )
  )
}

// By reflection, since Node takes headers where the DOM's type knows only protocols.
const construct: Socket.WebSocketConstructor["Service"] = (url, options) =>
  options === undefined ? new WebSocket(url) : Reflect.construct(WebSocket, [url, options])
