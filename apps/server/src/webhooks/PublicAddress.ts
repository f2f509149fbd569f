// Which addresses are of the public internet. Whoever may name an address that this server calls could otherwise reach through it
// what only this server reaches: itself, its network, the metadata of its cloud (OWASP, Server-Side Request Forgery Prevention).
// The tables are the IANA registries of special-purpose addresses (RFC 6890), read strictly: an exception in them that is reachable
// but serves no webhook is refused with its block.
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"

const notPublic4 = [
  "0.0.0.0/8", // this network; 0.0.0.0 reaches the machine itself
  "10.0.0.0/8", // private
  "100.64.0.0/10", // shared by carriers; Alibaba's metadata
  "127.0.0.0/8", // loopback
  "168.63.129.16/32", // Azure's machine agent: public by number, but every machine's own
  "169.254.0.0/16", // link-local; the metadata of most clouds
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments; Oracle's metadata
  "192.0.2.0/24", // documentation
  "192.31.196.0/24", // AS112
  "192.52.193.0/24", // multicast relays
  "192.88.99.0/24", // 6to4 relays
  "192.168.0.0/16", // private
  "192.175.48.0/24", // AS112
  "198.18.0.0/15", // benchmarking
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4" // reserved, broadcast
].map(IpNetwork.fromStringUnsafe)

/**
 * All that is public in IPv6 is here (RFC 4291, 2.4); outside are loopback, unspecified, IPv4-compatible, unique local (with the
 * metadata of AWS, fd00:ec2::254), site-local, link-local, multicast, the NAT64 prefix for one's own network (64:ff9b:1::/48).
 */
const globalUnicast = IpNetwork.fromStringUnsafe("2000::/3")

const notPublic6 = [
  "2001::/23", // protocol assignments: Teredo, benchmarking, ORCHID
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4: an IPv4 address in disguise, reached through a relay of anybody's
  "2620:4f:8000::/48", // AS112
  "3fff::/20" // documentation
].map(IpNetwork.fromStringUnsafe)

/** What a network without IPv4 gives for a name that has only IPv4 addresses (RFC 6052); its last 32 bits are that address. */
const nat64 = IpNetwork.fromStringUnsafe("64:ff9b::/96")

/** Whether an address is one of the public internet; one that stands for an IPv4 address is what that is. */
export const isPublic = (address: NetAddress.IpAddress): boolean => {
  const canonical = NetAddress.toCanonical(address)
  const isIn = (networks: ReadonlyArray<IpNetwork.IpNetwork>): boolean =>
    networks.some((network) => IpNetwork.contains(network, canonical))
  if (NetAddress.isIpv4Address(canonical)) return !isIn(notPublic4)
  if (isIn([nat64])) return isPublic(translated(canonical))
  return isIn([globalUnicast]) && !isIn(notPublic6)
}

const translated = (address: NetAddress.Ipv6Address): NetAddress.IpAddress =>
  NetAddress.ipv4FromBytesUnsafe(Uint8Array.from(NetAddress.ipv6ToOctets(address).slice(-4)))
