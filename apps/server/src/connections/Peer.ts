// Who is at the other end of a connection, and how connections are ended.
import type { Holder } from "../tokens/Authenticator.ts"

/** Who is at the other end, as found when it began. */
export interface Peer {
  /** What limits count its address by. */
  readonly address: string
  /** Absent when it brought nothing that is valid. */
  readonly holder: Holder | undefined
}

/** Close codes used here (RFC 6455, 7.4.1, and the registry of WebSocket close codes). */
export const closeCode = {
  policyViolation: 1008,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013
} as const
