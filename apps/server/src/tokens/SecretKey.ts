// The secret that the server signs with. The operator's own (SECRET_KEY), else one that is made once and kept in the data folder.
// It is never used itself: each purpose has keys of its own derived from it (HKDF, RFC 5869), so that nothing that was signed for
// one passes for another.
import { Context, Effect, Layer, Option, Redacted, Schema } from "effect"
import { createSecretKey, hkdfSync, randomBytes, randomUUID, type KeyObject } from "node:crypto"
import { link, mkdir, open, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { ServerConfig } from "../ServerConfig.ts"

/** The key in the data folder cannot be used. The message is one sentence for whoever starts the server. */
export class SecretKeyUnusable extends Schema.TaggedError<SecretKeyUnusable>()("SecretKeyUnusable", {
  file: Schema.String,
  /** It cannot be read or made; it is no key; everybody on the machine may read it. */
  problem: Schema.Literals(["OutOfReach", "Broken", "Exposed"]),
  cause: Schema.optional(Schema.Defect())
}) {
  override get message(): string {
    switch (this.problem) {
      case "OutOfReach":
        return `The key in ${this.file} cannot be read or made: give this user the right to, or set SECRET_KEY.`
      case "Broken":
        return `The file ${this.file} holds no key: put back the one that it held, or delete it to have a new one made, which ends all tokens.`
      case "Exposed":
        return `The key in ${this.file} can be read by everybody on this machine: make it yours alone (chmod 600), or delete it to have a new one made, which ends all tokens.`
    }
  }
}

/** The keys of one purpose. */
export interface Keys {
  /** What is signed now is signed with this one. */
  readonly signing: KeyObject
  /** What was signed with any of these is accepted: the signing one, and while keys are changed the one before. */
  readonly accepted: ReadonlyArray<KeyObject>
}

export class SecretKey extends Context.Service<
  SecretKey,
  {
    /** The keys of a purpose, like `socket-token`; the same after a restart. */
    readonly keysFor: (purpose: string) => Keys
  }
>()("@messenger/server/tokens/SecretKey") {
  static readonly layer = Layer.effect(
    SecretKey,
    Effect.gen(function* () {
      const { dataDir, secretKey, secretKeyPrevious } = yield* ServerConfig
      const secret = yield* Option.match(secretKey, {
        onSome: (text) => Effect.succeed(keyOf(text)),
        onNone: () => keptIn(keyFileIn(dataDir))
      })
      const previous = Option.toArray(Option.map(secretKeyPrevious, keyOf))
      return SecretKey.of({
        keysFor: (purpose) => {
          const signing = derive(secret, purpose)
          return { signing, accepted: [signing, ...previous.map((key) => derive(key, purpose))] }
        }
      })
    })
  )
}

/** Where the server's own key lies, when the operator has set none. */
export const keyFileIn = (dataDir: string): string => join(dataDir, "secret.key")

const keyBytes = 32

/** The key that SECRET_KEY is. */
export const keyOf = (text: Redacted.Redacted): KeyObject => createSecretKey(Redacted.value(text), "utf8")

/** The key of a purpose. */
export const derive = (secret: KeyObject, purpose: string): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync("sha256", secret, "", `messenger ${purpose}`, keyBytes)))

/** The key in that file, made when there is none. */
const keptIn = (file: string): Effect.Effect<KeyObject, SecretKeyUnusable> =>
  Effect.flatMap(
    readKey(file),
    Option.match({
      onNone: () =>
        Effect.andThen(keepKey(file, createSecretKey(randomBytes(keyBytes))), Effect.map(read(file), toKey)),
      onSome: Effect.succeed
    })
  )

/** The key in that file, if there is one. */
export const readKey = (file: string): Effect.Effect<Option.Option<KeyObject>, SecretKeyUnusable> =>
  read(file).pipe(
    Effect.map((bytes) => Option.some(toKey(bytes))),
    Effect.catchIf(
      ({ cause }) => isAbsent(cause),
      () => Effect.succeedNone
    )
  )

const toKey = (bytes: Buffer): KeyObject => createSecretKey(bytes)

const isAbsent = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "ENOENT"

// A group may read it, since some platforms give a container's files to a group of its own. Windows has no such bits.
const everybody = 0o007

const read = Effect.fnUntraced(function* (file: string) {
  const { bytes, mode } = yield* attempt(file, async () => {
    // Not `await using`, which Node before 24 cannot read.
    const handle = await open(file, "r")
    try {
      const { mode } = await handle.stat()
      return { mode, bytes: await handle.readFile() }
    } finally {
      await handle.close()
    }
  })
  if (process.platform !== "win32" && (mode & everybody) !== 0)
    return yield* new SecretKeyUnusable({ file, problem: "Exposed" })
  if (bytes.length !== keyBytes) return yield* new SecretKeyUnusable({ file, problem: "Broken" })
  return bytes
})

/**
 * Writes a key down for this user alone, unless there is one. Written whole beside its place and then linked into it, so that nobody
 * ever finds half a key, and of two who make one at the same time the second finds the first's.
 */
export const keepKey = (file: string, key: KeyObject): Effect.Effect<void, SecretKeyUnusable> =>
  attempt(file, async () => {
    await mkdir(dirname(file), { recursive: true })
    const draft = `${file}.${randomUUID()}`
    await writeFile(draft, key.export(), { flag: "wx", mode: 0o600, flush: true })
    await link(draft, file)
      .catch((error: NodeJS.ErrnoException) => (error.code === "EEXIST" ? undefined : Promise.reject(error)))
      .finally(() => rm(draft))
  })

const attempt = <A>(file: string, run: () => Promise<A>): Effect.Effect<A, SecretKeyUnusable> =>
  Effect.tryPromise({ try: run, catch: (cause) => new SecretKeyUnusable({ file, problem: "OutOfReach", cause }) })
