import { execFileSync } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import { chromium } from "./chromium.ts"
import type { Chromium } from "./chromium.ts"

declare module "vitest" {
  export interface ProvidedContext {
    readonly chromium: Chromium
    /** A folder for the screens on made-up data, empty until the first test that looks at them has built them. */
    readonly screens: string
  }
}

/** Unpacks the browser and builds the web client, once, before any test wants them. */
export default async function (project: TestProject): Promise<() => Promise<void>> {
  // In a process of its own: the test runner's NODE_ENV would make it another build than the one people get.
  execFileSync(process.execPath, ["tools/build.mjs"], {
    env: { ...process.env, NODE_ENV: "production" },
    stdio: "inherit"
  })
  project.provide("chromium", await chromium())
  const screens = await mkdtemp(join(tmpdir(), "messenger-screens-"))
  project.provide("screens", screens)
  return () => rm(screens, { recursive: true })
}
