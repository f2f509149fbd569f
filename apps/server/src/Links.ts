// Links that are given to people outside of the web client: printed where the server was started, or by a command beside it. The
// token stands behind `#`, which browsers send to nobody.
import { linkPath } from "@messenger/protocol/Link"
import { Option, Redacted } from "effect"

/** The address that people use; without a public one, that of this machine. */
export const baseOf = (publicUrl: Option.Option<string>, port: number): string =>
  Option.getOrElse(publicUrl, () => `http://localhost:${port}`)

/** Where a token of that kind is used. To be shown to whoever asked for it, and never logged. */
export const linkTo = (base: string, kind: keyof typeof linkPath, token: Redacted.Redacted): string =>
  `${base}${linkPath[kind]}#${Redacted.value(token)}`
