// Names that nobody else makes. Plain http on a LAN is no secure context: there is no crypto.randomUUID and no crypto.subtle.
import { ClientKey } from "@messenger/protocol/Message"

/** 128 random bits as 32 hexadecimal digits. */
export const randomName = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** A key for a new command. */
export const clientKey = (): ClientKey => ClientKey.make(randomName())
