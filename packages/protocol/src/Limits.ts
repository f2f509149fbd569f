// Every bound of the contract in one place. A bound that the server alone applies (rates) is in the server's settings.

/** The longest message, in code points after trimming. */
export const maxMessageCodePoints = 4_000

/** From this many code points on, a composer shows how many are left. */
export const composerCountsFromCodePoints = 3_800

/** The longest display name or room name, in graphemes as a reader counts them. */
export const maxNameGraphemes = 40

/** The longest name in UTF-16 code units; guards the segmenter, since one grapheme may be arbitrarily long. */
export const maxNameCodeUnits = 400

/** The largest WebSocket message a client may send, in bytes; a larger one closes the connection with 1009. */
export const maxFrameBytes = 65_536

/** The most a room puts into one frame of a feed, in bytes of JSON. */
export const maxBatchBytes = 65_536

/** The most messages one history page holds. */
export const maxPageMessages = 100

/** How many messages a snapshot brings. */
export const snapshotMessages = 50

/** Above this many present people a room publishes counts instead of lists ... */
export const crowdedAbove = 250

/** ... until it is back below this many; lower than `crowdedAbove`, so that a room at the border does not flap. */
export const crowdedUntilBelow = 200

/** A typing notice is over after this long without a new one, in milliseconds; senders repeat it every `typingRepeatMillis`. */
export const typingExpiresMillis = 6_000

/** How often a client that goes on typing says so again, in milliseconds; less than half of `typingExpiresMillis`. */
export const typingRepeatMillis = 2_500

/** A person without input for this long is away, in milliseconds. */
export const idleAfterMillis = 5 * 60_000

/** How many colours there are to choose from for an avatar. */
export const avatarColours = 12

/** The most members of a private room that one page lists. */
export const maxPeoplePage = 100
