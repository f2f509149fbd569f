import { parseUsername, UsernameInvalid } from "@messenger/protocol/Account"

/** A username to begin with, made of a name that may hold anything; nothing when nothing is left of it. */
export const usernameFrom = (name: string): string => {
  const kept = name
    .normalize("NFC")
    .trim()
    .replace(/\s+/gu, ".")
    .replace(/[^\p{L}\p{N}\p{M}._-]/gu, "")
    .replace(/^[^\p{L}\p{N}]+/u, "")
    .slice(0, 32)
  return parseUsername(kept) instanceof UsernameInvalid ? "" : kept
}
