// What a device says it is, in the words of its owner.
import { parse } from "bowser"
import { words } from "./words.ts"

/** The browser and system of a client; what is no browser stands as it introduced itself. */
export const clientName = (client: string): string => {
  const said = client.trim()
  if (said === "") return words.devices.unknown
  const { browser, os } = parse(said)
  const system = os.name ?? ""
  if (browser.name === undefined || browser.name === "" || system === "") return said.slice(0, 80)
  return words.devices.on(browser.name, system)
}

/** Whether it is held in a hand. */
export const isHandheld = (client: string): boolean => {
  if (client.trim() === "") return false
  const { type } = parse(client).platform
  return type === "mobile" || type === "tablet"
}
