// Links that are given to people outside of the web client: printed where the server was started, or by a command beside it. The
// token stands behind `#`, which browsers send to nobody.
import { linkPath } from "@messenger/protocol/Link"
import { Option, Redacted } from "effect"
import { isIPv6 } from "node:net"
import { isLoopback } from "./edge/PeerAddress.ts"
import type { Machine } from "./Machine.ts"

/** Where a server is found, by its settings. */
export interface Place {
  readonly publicUrl: Option.Option<string>
  /** The interface that it listens on. */
  readonly host: string
  readonly port: number
}

/** The address of this machine for itself, and those that others on its network go to. */
export const addressesOf = ({ host, port }: Place, machine: Machine) => {
  const at = (name: string) => `http://${isIPv6(name) ? `[${name}]` : name}:${port}`
  const localhost = at("localhost")
  if (isHere(host)) return { own: localhost, others: [] }
  if (isEverywhere(host)) return { own: localhost, others: machine.addresses.map(at) }
  return { own: at(host), others: [at(host)] }
}

/** What links begin with: the public address; without one, the first that others go to, else that of this machine for itself. */
export const baseOf = (place: Place, machine: Machine): string =>
  Option.getOrElse(place.publicUrl, () => {
    const { own, others } = addressesOf(place, machine)
    // A published port is found at the address of the machine around the container, which is not known in here.
    return isEverywhere(place.host) && machine.isContainer ? own : (others[0] ?? own)
  })

/** Whether an address is good on the machine alone that it was made on. */
export const isOnlyHere = (base: string): boolean => isHere(new URL(base).hostname)

/** Where a token of that kind is used. To be shown to whoever asked for it, and never logged. */
export const linkTo = (base: string, kind: keyof typeof linkPath, token: Redacted.Redacted): string =>
  `${base}${linkPath[kind]}#${Redacted.value(token)}`

const isHere = (host: string): boolean => host === "localhost" || isLoopback(host)

const isEverywhere = (host: string): boolean => host === "0.0.0.0" || host === "::"
