// When sessions and tokens were used last, until that is written: many uses of many sessions are one statement a minute.
import type { SessionId } from "@messenger/protocol/Device"
import type { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import { Latch } from "effect"

/** A use of a session: when, and until when the session lives because of it; UTC milliseconds. */
export interface SessionUse {
  readonly lastUsedAt: number
  readonly expiresAt: number
}

/** What is taken to be written. */
export interface Uses {
  readonly sessions: ReadonlyMap<SessionId, SessionUse>
  readonly tokens: ReadonlyMap<ApiTokenId, number>
}

const none: Uses = { sessions: new Map(), tokens: new Map() }

/** The uses that no read of the database shows yet. */
export class SessionUses {
  /** Open while there is something to write. */
  readonly there = Latch.makeUnsafe(false)
  private sessions = new Map<SessionId, SessionUse>()
  private tokens = new Map<ApiTokenId, number>()
  // Taken to be written; no read shows them before that is done.
  private underway: Uses = none

  useSession(id: SessionId, use: SessionUse): void {
    this.sessions.set(id, use)
    this.there.openUnsafe()
  }

  useToken(id: ApiTokenId, at: number): void {
    this.tokens.set(id, at)
    this.there.openUnsafe()
  }

  /** Until when the session lives by its unwritten uses; 0 when there are none. */
  expiryOf(id: SessionId): number {
    return (this.sessions.get(id) ?? this.underway.sessions.get(id))?.expiresAt ?? 0
  }

  /** What is to be written, if there is anything. */
  take(): Uses | undefined {
    if (this.sessions.size === 0 && this.tokens.size === 0) return undefined
    this.underway = { sessions: this.sessions, tokens: this.tokens }
    this.sessions = new Map()
    this.tokens = new Map()
    this.there.closeUnsafe()
    return this.underway
  }

  /** What was taken is written, or is kept for another try; newer uses win. */
  written(isWritten: boolean): void {
    const { sessions, tokens } = this.underway
    this.underway = none
    if (isWritten) return
    this.sessions = new Map([...sessions, ...this.sessions])
    this.tokens = new Map([...tokens, ...this.tokens])
    this.there.openUnsafe()
  }
}
