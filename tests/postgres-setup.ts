import type { TestProject } from "vitest/node"
import { startPostgres } from "./postgres.ts"

declare module "vitest" {
  export interface ProvidedContext {
    readonly pgSocketDir: string
  }
}

/** One PostgreSQL for a whole project; every test file makes a database of its own in it. */
export default async function (project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres()
  project.provide("pgSocketDir", postgres.socketDir)
  return postgres.stop
}
