// Accounts without a server: what a scene's person has, and what the server would say to what they do.
import type {
  CallArguments,
  CallFailure,
  CallSuccess,
  CallTag,
  Identity,
  Messenger,
  Outcome,
  SessionOutcome
} from "@messenger/client/Messenger"
import type { Cell } from "@messenger/client/Readable"
import { AccountTaken, parseUsername, UserId, UsernameInvalid } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import { SessionId } from "@messenger/protocol/Device"
import type { Device } from "@messenger/protocol/Device"
import type { InboxFrame } from "@messenger/protocol/InboxFeed"
import { LinkInvalid } from "@messenger/protocol/Link"
import { PasswordRefused, WrongPassword } from "@messenger/protocol/Password"
import { WrongCredentials } from "@messenger/protocol/Session"
import type { SessionEnd } from "@messenger/protocol/SessionEnd"
import { RateLimited } from "@messenger/protocol/Unavailable"
import { Redacted } from "effect"
import { kim, roomNamed } from "./people.ts"

/** What is answered to each call that a scene knows. */
export type Answers = {
  readonly [Tag in CallTag]?: (...payload: CallArguments<Tag>) => Promise<Outcome<CallSuccess<Tag>, CallFailure<Tag>>>
}

/** The password that is right. */
export const rightPassword = "correct horse battery"

const later = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis))
const done = { isOk: true, value: undefined } as const

/** What there is to do with an account. */
export const imaginedAccount = (
  identity: Cell<Identity>,
  tellInbox: (frame: InboxFrame) => void
): {
  readonly session: Pick<Messenger, "register" | "login" | "changePassword" | "resetPassword" | "leave">
  readonly answers: Answers
  /** The server ends the session. */
  readonly end: (ended: SessionEnd) => void
} => {
  let email = "kim@example.org"
  let devices: ReadonlyArray<Device> = imaginedDevices()
  let failures = 0
  const become = (user: User): SessionOutcome => {
    identity.set({ _tag: "Known", user, role: "member" })
    tellInbox({ _tag: "MeChanged", me: user, role: "member" })
    return { isOk: true, value: user }
  }
  const me = (): User => {
    const who = identity.get()
    return who._tag === "Known" ? who.user : kim
  }
  const confirmed = async (password: Redacted.Redacted) => {
    await later(100)
    return Redacted.value(password) === rightPassword ? undefined : new WrongPassword()
  }
  return {
    end: (ended) => identity.set({ _tag: "Anonymous", ended }),
    session: {
      register: async ({ username, password }) => {
        await later(200)
        const parsed = parseUsername(username)
        if (parsed instanceof UsernameInvalid) return { isOk: false, error: parsed }
        if (parsed.toLowerCase() === "kim") return { isOk: false, error: new AccountTaken() }
        if (password === "password1234") return { isOk: false, error: new PasswordRefused({ reason: "Common" }) }
        const who = identity.get()
        return become(
          who._tag === "Known"
            ? { ...who.user, isGuest: false }
            : { id: UserId.make("u-new"), name: parsed, isGuest: false }
        )
      },
      login: async ({ password }) => {
        await later(200)
        if (password === rightPassword) return become(kim)
        failures++
        return {
          isOk: false,
          error: failures < 3 ? new WrongCredentials() : new RateLimited({ retryAfterMillis: 12_000 })
        }
      },
      changePassword: async ({ password, newPassword }) => {
        await later(100)
        if (password !== rightPassword) return { isOk: false, error: new WrongPassword() }
        if (newPassword === "password1234") return { isOk: false, error: new PasswordRefused({ reason: "Common" }) }
        devices = devices.filter(({ isCurrent }) => isCurrent)
        return become(me())
      },
      resetPassword: async ({ token }) => {
        await later(100)
        return token === "used" ? { isOk: false, error: new LinkInvalid() } : become(kim)
      },
      leave: async () => {
        await later(50)
        identity.set({ _tag: "Anonymous", ended: undefined })
        return done
      }
    },
    answers: {
      GetAccount: async () => ({
        isOk: true,
        value: { user: me(), role: "member", username: "kim", email, createdAt: Date.UTC(2026, 0, 12) }
      }),
      UpdateProfile: async ({ name, colour }) => {
        await later(100)
        const { colour: before, ...rest } = me()
        const chosen = colour === undefined ? before : colour
        const user: User = {
          ...rest,
          ...(name === undefined ? {} : { name }),
          ...(chosen === undefined || chosen === null ? {} : { colour: chosen })
        }
        const who = identity.get()
        if (who._tag === "Known") identity.set({ ...who, user })
        tellInbox({ _tag: "MeChanged", me: user, role: "member" })
        return { isOk: true, value: user }
      },
      ListSessions: async () => ({ isOk: true, value: devices }),
      RevokeSession: async ({ id }) => {
        devices = devices.filter((device) => device.id !== id)
        return done
      },
      RevokeOtherSessions: async () => {
        devices = devices.filter(({ isCurrent }) => isCurrent)
        return done
      },
      ChangeEmail: async ({ email: next, password }) => {
        const error = await confirmed(password)
        if (error !== undefined) return { isOk: false, error }
        email = next
        return done
      },
      DeleteAccount: async ({ password }) => {
        const error = await confirmed(password)
        if (error !== undefined) return { isOk: false, error }
        identity.set({ _tag: "Anonymous", ended: "Deleted" })
        return done
      },
      ClaimServer: async ({ token }) => {
        await later(100)
        return token === "used" ? { isOk: false, error: new LinkInvalid() } : done
      },
      LookAtInvite: async ({ token }) => {
        await later(100)
        if (token === "used") return { isOk: false, error: new LinkInvalid() }
        return { isOk: true, value: { room: token === "server" ? null : "design" } }
      },
      AcceptInvite: async () => {
        await later(100)
        return { isOk: true, value: roomNamed("design") }
      }
    }
  }
}

const imaginedDevices = (): ReadonlyArray<Device> => {
  const now = Date.now()
  const hours = 60 * 60_000
  const device = (id: string, client: string, address: string, lastUsedAt: number, isCurrent = false): Device => ({
    id: SessionId.make(id),
    client,
    address,
    createdAt: lastUsedAt - 200 * hours,
    lastUsedAt,
    expiresAt: now + 1_000 * hours,
    isCurrent
  })
  return [
    device(
      "phone",
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
      "2001:db8:12::/64",
      now - 3 * hours
    ),
    device(
      "here",
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0",
      "192.0.2.17",
      now,
      true
    ),
    device("tool", "release-notes/2.1", "198.51.100.4", now - 30 * hours)
  ]
}
