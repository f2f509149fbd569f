// Why a connection was closed by the server for reasons of its session. Said in the Close frame (RFC 6455, 7.4.2: codes from 4000
// on are an application's own), so that a client knows whether to log in anew or merely to connect again.

/** The close code of each reason. */
export const sessionEndCode = {
  /** The person logged out in this session. */
  SignedOut: 4001,
  /** The session was ended from another device, or by an admin. */
  Revoked: 4002,
  /** The session, or the token, has run out. */
  Expired: 4003,
  /** The account was deactivated. */
  Deactivated: 4004,
  /** The account was deleted. */
  Deleted: 4005,
  /** The session goes on under a new token (log-in, registration, new password): ask who you are, and connect again. */
  Renewed: 4006
} as const

/** Why a session ended. */
export type SessionEnd = keyof typeof sessionEndCode

/** The reason of a close code; undefined for codes that say nothing of a session. */
export const sessionEndOf = (code: number): SessionEnd | undefined => {
  for (const reason of reasons) if (sessionEndCode[reason] === code) return reason
  return undefined
}

const reasons = ["SignedOut", "Revoked", "Expired", "Deactivated", "Deleted", "Renewed"] as const
