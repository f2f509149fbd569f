// What the server says when it runs: where to go, and how to let others in.
import { Option, type Redacted } from "effect"
import { isIPv6 } from "node:net"
import { addressesOf, baseOf, linkTo, type Place } from "./Links.ts"
import type { Machine } from "./Machine.ts"

/** A few lines for whoever started the server; the last is the link to become its owner, where there is a token for one. */
export const welcome = (place: Place, machine: Machine, ownerToken: Option.Option<Redacted.Redacted>): string =>
  Option.match(ownerToken, {
    onNone: () => whereItRuns(place, machine),
    onSome: (token) =>
      [
        whereItRuns(place, machine),
        "Nobody owns this server yet. Whoever registers and opens this link does; it is good once, until the next start:",
        linkTo(baseOf(place, machine), "claim", token)
      ].join("\n")
  })

const whereItRuns = (place: Place, machine: Machine): string => {
  const { host, port, publicUrl } = place
  if (Option.isSome(publicUrl)) {
    const listening = `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
    return `Messenger runs at ${publicUrl.value} (listening on ${listening}).`
  }
  const { own, others } = addressesOf(place, machine)
  if (others.length === 0) {
    return [
      `Messenger runs at ${own}`,
      "Only this machine can reach it. To let others on your network in, start it with HOST=0.0.0.0;",
      "behind a name or a proxy, set PUBLIC_URL to the address that people use. All settings: npm start -- --help"
    ].join("\n")
  }
  return [
    `Messenger runs at ${own}`,
    ...others.map((address) => `Others on your network go to ${address}`),
    ...(machine.isContainer
      ? [
          "This is a container: from outside, take the port that you published, on the address of the machine around it."
        ]
      : []),
    "Behind a name or a proxy, set PUBLIC_URL to the address that people use. All settings: npm start -- --help"
  ].join("\n")
}
