// The secrets of outgoing webhooks are sealed with the key of their server. What comes from another one is sealed anew for this one.
import { Effect, Option } from "effect"
import { ServerConfig } from "../ServerConfig.ts"
import { keepKey, keyFileIn, keyOf, readKey } from "../tokens/SecretKey.ts"
import * as SecretBox from "../webhooks/SecretBox.ts"

/**
 * Seals for the server of the settings what it, the one before, or the owner of the key in `keyFile` has sealed. Where the server has no
 * key yet, that one becomes its own. `unopened` answers how many were sealed with none of these, and stayed as they are.
 */
export const resealing = Effect.fnUntraced(function* (keyFile: string) {
  const { databaseUrl, dataDir, secretKey, secretKeyPrevious } = yield* ServerConfig
  const brought = yield* readKey(keyFile)
  const own = keyFileIn(dataDir)
  if (Option.isSome(brought) && Option.isNone(secretKey) && Option.isNone(databaseUrl)) {
    yield* keepKey(own, brought.value)
  }
  const kept = yield* readKey(own)
  const key = Option.orElse(Option.map(secretKey, keyOf), () => kept)
  const others = [Option.map(secretKeyPrevious, keyOf), brought, kept].flatMap(Option.toArray)
  let unopened = 0
  return {
    reseal: (webhookId: string, sealed: string): string =>
      Option.getOrElse(
        Option.flatMap(key, (own) => SecretBox.reseal(sealed, webhookId, own, others)),
        () => {
          unopened += 1
          return sealed
        }
      ),
    unopened: () => unopened
  }
})
