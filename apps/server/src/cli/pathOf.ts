// Files that an operator names on the command line.
import { Effect, Schema } from "effect"
import { dirname, resolve } from "node:path"

/** A file was asked for, and none was named. */
export class NoFileNamed extends Schema.TaggedError<NoFileNamed>()("NoFileNamed", {}) {
  override get message(): string {
    return "A file needs a name: give one, or leave the option out."
  }
}

/** Where a file is that is named from where the operator stands: `npm run` goes to its own folder before it starts a program. */
export const pathOf = (name: string): Effect.Effect<string, NoFileNamed> =>
  name.trim() === "" ? Effect.fail(new NoFileNamed()) : Effect.sync(() => resolve(callerFolder(process.env), name))

const callerFolder = (env: NodeJS.ProcessEnv): string => {
  const { INIT_CWD: from, npm_package_json: manifest } = env
  // Set for everything below `npm run`, of whatever program: it means us only where npm has brought us.
  const isFromNpm = from !== undefined && manifest !== undefined && dirname(manifest) === process.cwd()
  return isFromNpm ? from : process.cwd()
}
