// What the dialog about the integrations of a room says; it is loaded on demand, and its words with it.
import type { Delivery, DeliveryProblem, WebhookEvent, WebhookPause } from "@messenger/protocol/Webhook"

const count = (n: number, one: string, many: string): string => `${n.toLocaleString("en")} ${n === 1 ? one : many}`

/** The words of the dialog. */
export const words = {
  title: (room: string) => `Integrations of #${room}`,
  hint: "How other services post into this room, and how they are told what happens in it.",
  by: (name: string, when: string) => `By ${name}, ${when}`,
  copy: "Copy",
  copied: "Copied",

  incoming: {
    title: "Incoming webhooks",
    hint: "An address that posts into this room, under its name and always marked as an app. Tools that speak to Slack's webhooks can use it as it is.",
    name: "Name of a new one",
    nameHint: "What posts, such as GitHub, or Backups.",
    add: "Make an address",
    none: "Nothing posts into this room from outside.",
    added: (name: string) => `${name} can post here now.`,
    shown: "This address is shown only now. Whoever has it can post into this room.",
    label: "Address",
    curl: "To try it, in a terminal:",
    curlLabel: "Command line",
    copyCurl: "Copy the command line",
    hello: "Hello from a script",
    used: (when: string) => `last used ${when}`,
    neverUsed: "never used",
    delete: "Delete",
    deleteOf: (name: string) => `Delete ${name}`,
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteText: "Its address stops working at once, for good. What it posted stays.",
    deleted: (name: string) => `${name} posts here no more.`
  },

  outgoing: {
    title: "Outgoing webhooks",
    hint: "An address of another service that is told what happens here, from now on.",
    url: "Address of a new one",
    urlHint: "Such as https://example.org/hook. Others than https:// work only where this server allows them.",
    missing: "Please enter an address.",
    events: "It is told when",
    event: {
      "message.posted": "a message is posted",
      "message.edited": "a message is edited",
      "message.deleted": "a message is deleted"
    } satisfies Record<WebhookEvent, string>,
    eventMark: {
      "message.posted": "posted",
      "message.edited": "edited",
      "message.deleted": "deleted"
    } satisfies Record<WebhookEvent, string>,
    noEvent: "Please choose at least one.",
    add: "Add",
    none: "Nobody outside is told what happens here.",
    added: (host: string) => `${host} is told from now on.`,
    shown: "This secret is shown only now. With it the receiver makes sure that what it is told comes from here.",
    verify:
      "Every delivery is signed as standardwebhooks.com describes: give this secret to one of its libraries, with the body as it came and the headers webhook-id, webhook-timestamp and webhook-signature.",
    label: "Secret",
    paused: {
      Paused: "paused",
      Gone: "stopped: its receiver says that it is gone",
      MakerLeft: "stopped: whoever made it is not here any more. You can let it go on."
    } satisfies Record<WebhookPause, string>,
    told: (events: ReadonlyArray<string>) => `Messages ${events.join(", ")}`,
    actionsFor: (host: string) => `Change ${host}`,
    pause: "Pause",
    resume: "Go on from now",
    isPaused: (host: string) => `${host} is told nothing until you go on.`,
    isResumed: (host: string) => `${host} is told again, from now on.`,
    delete: "Delete",
    deleteTitle: (host: string) => `Delete ${host}?`,
    deleteText: "It is told nothing any more, not even what is on its way, and its deliveries are forgotten.",
    deleted: (host: string) => `${host} is deleted.`
  },

  deliveries: {
    title: (host: string) => `Deliveries to ${host}`,
    show: "Deliveries",
    showOf: (host: string) => `Deliveries to ${host}`,
    none: "Nothing was delivered yet. Say something in the room.",
    about: {
      "message.posted": (number: number) => `Message ${number} posted`,
      "message.edited": (number: number) => `Message ${number} edited`,
      "message.deleted": (number: number) => `Message ${number} deleted`
    } satisfies Record<WebhookEvent, (number: number) => string>,
    state: {
      Pending: "On its way",
      Delivered: "Delivered",
      Failed: "Given up"
    } satisfies Record<Delivery["state"], string>,
    answered: (status: number) => `answered ${status}`,
    problem: {
      Refused: "no public server is known under that address, or this server may not call it (WEBHOOK_ALLOW)",
      Unreachable: "no connection",
      Untrusted: "its certificate is not valid",
      TimedOut: "no answer within 5 seconds",
      TooLarge: "the answer was longer than 64 KiB",
      Unsigned: "not sent, since its secret was sealed with another SECRET_KEY of this server: make this webhook anew",
      Withdrawn: "not sent, since the message was deleted before",
      Paused: "it was paused before this arrived"
    } satisfies Record<DeliveryProblem, string>,
    took: (millis: number) => `in ${millis.toLocaleString("en")} ms`,
    attempts: (n: number) => count(n, "try", "tries"),
    next: (when: string) => `next try ${when}`,
    sending: "Being sent …",
    sendingAgain: "Sending again …",
    again: "Send again",
    againOf: (about: string) => `Send again: ${about}`,
    sent: "It is sent again.",
    older: "Show older"
  }
} as const
