// Opens the WebSocket to `/rpc` of a server, in browsers and in Node.
import { Effect, Layer } from "effect"
import { Socket } from "effect/socket"

/** Where the server is, and what to say when dialling. */
export interface DialOptions {
  /** Origin of the server, such as `https://chat.example.org`. */
  readonly server: string
  /** Headers of the upgrade, for Node: `cookie`, and `origin` with the server's own. A browser sends its own and takes none. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * An API token or a socket token, in place of a cookie. A browser, which sets no headers, offers it as a subprotocol. A server that
   * does not know the token refuses the upgrade, and a connection takes that for a loss: `SessionClient.current` tells the two apart.
   */
  readonly bearer?: string
}

/** The socket of every connection; each reader dials anew. */
export const layer = (options: DialOptions): Layer.Layer<Socket.Socket> => {
  const url = new URL("/rpc", options.server)
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
  return Layer.effect(
    Socket.Socket,
    Socket.makeWebSocket(url.href, isBrowser() ? asSubprotocols(options) : asHeaders(options)).pipe(
      Effect.provideService(Socket.WebSocketConstructor, construct)
    )
  )
}

// In a page or a worker; elsewhere a WebSocket takes headers.
const isBrowser = () => "document" in globalThis || "importScripts" in globalThis

const asHeaders = ({ headers, bearer }: DialOptions) =>
  headers === undefined && bearer === undefined
    ? {}
    : { headers: { ...headers, ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) } }

// The server answers with the first; the second only carries the token.
const asSubprotocols = ({ bearer }: DialOptions) =>
  bearer === undefined ? {} : { protocols: ["messenger", `messenger.bearer.${bearer}`] }

// By reflection, since Node takes headers where the DOM's type knows only protocols.
const construct: Socket.WebSocketConstructor["Service"] = (url, options) =>
  options === undefined ? new WebSocket(url) : Reflect.construct(WebSocket, [url, options])
