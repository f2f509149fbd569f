// What the server says when it runs: where to go, and how to let others in.
import { Option, type Redacted } from "effect"
import type { AddressInfo } from "node:net"
import { isIPv6 } from "node:net"
import { networkInterfaces } from "node:os"
import { isLoopback } from "./edge/PeerAddress.ts"
import { baseOf, linkTo } from "./Links.ts"

/** A few lines for whoever started the server; the last is the link to become its owner, where there is a token for one. */
export const welcome = (
  listening: AddressInfo,
  publicUrl: Option.Option<string>,
  ownerToken: Option.Option<Redacted.Redacted>
): string =>
  Option.match(ownerToken, {
    onNone: () => whereItRuns(listening, publicUrl),
    onSome: (token) =>
      [
        whereItRuns(listening, publicUrl),
        "Nobody owns this server yet. Whoever registers and opens this link does; it is good once, until the next start:",
        linkTo(baseOf(publicUrl, listening.port), "claim", token)
      ].join("\n")
  })

const whereItRuns = (listening: AddressInfo, publicUrl: Option.Option<string>): string => {
  const { address, port } = listening
  const at = (host: string) => `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
  if (Option.isSome(publicUrl)) {
    return `Messenger runs at ${publicUrl.value} (listening on ${at(address)}).`
  }
  if (isLoopback(address)) {
    return [
      `Messenger runs at http://localhost:${port}`,
      "Only this machine can reach it. To let others on your network in, start it with HOST=0.0.0.0;",
      "behind a name or a proxy, set PUBLIC_URL to the address that people use. All settings: npm start -- --help"
    ].join("\n")
  }
  const others = isEverywhere(address) ? ownAddresses() : [address]
  return [
    `Messenger runs at http://localhost:${port}`,
    ...others.map((host) => `Others on your network go to ${at(host)}`),
    "Behind a name or a proxy, set PUBLIC_URL to the address that people use. All settings: npm start -- --help"
  ].join("\n")
}

const isEverywhere = (address: string): boolean => address === "0.0.0.0" || address === "::"

const ownAddresses = (): ReadonlyArray<string> =>
  Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address)
  )
