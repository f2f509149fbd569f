// The parts of the official client that tests use, in both of its versions; the package brings no types.
declare module "phoenix-1.7" {
  export * from "phoenix-1.8"
}

declare module "phoenix-1.8" {
  type Payload = Readonly<Record<string, unknown>>

  export class Push {
    receive(status: "ok" | "error" | "timeout", callback: (response: Payload) => void): Push
  }

  export class Channel {
    readonly topic: string
    readonly state: "closed" | "errored" | "joined" | "joining" | "leaving"
    join(): Push
    leave(): Push
    push(event: string, payload: object): Push
    on(event: string, callback: (payload: Payload) => void): number
    onClose(callback: (reason: unknown) => void): void
    onError(callback: (reason: unknown) => void): void
  }

  export class Socket {
    constructor(
      endPoint: string,
      options: {
        readonly transport: new (url: string, protocols?: Array<string>) => unknown
        readonly params?: object | (() => object)
        readonly authToken?: string
        readonly heartbeatIntervalMs?: number
        readonly timeout?: number
        readonly reconnectAfterMs?: (tries: number) => number
        readonly rejoinAfterMs?: (tries: number) => number
      }
    )
    connect(): void
    disconnect(): void
    isConnected(): boolean
    channel(topic: string, params?: object | (() => object)): Channel
    onOpen(callback: () => void): string
    onClose(callback: (event: { readonly code: number; readonly reason: string }) => void): string
    onMessage(callback: (message: { readonly topic: string; readonly event: string }) => void): string
    onError(callback: (error: unknown) => void): string
  }

  interface Entry {
    readonly metas: ReadonlyArray<{
      readonly phx_ref: string
      readonly name: string
      readonly status: string
      readonly guest: boolean
      readonly app: boolean
    }>
  }

  export class Presence {
    constructor(channel: Channel)
    onJoin(callback: (id: string, current: Entry | undefined, joined: Entry) => void): void
    onLeave(callback: (id: string, current: Entry, left: Entry) => void): void
    onSync(callback: () => void): void
    static syncState(state: object, whole: object): object
    static syncDiff(state: object, diff: object): object
    static list<Chosen>(state: object, by: (id: string, entry: Entry) => Chosen): ReadonlyArray<Chosen>
    list<Chosen>(by: (id: string, entry: Entry) => Chosen): ReadonlyArray<Chosen>
  }
}
