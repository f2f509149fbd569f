import type { TestProject } from "vitest/node"
import { chromium } from "./chromium.ts"
import type { Chromium } from "./chromium.ts"

declare module "vitest" {
  export interface ProvidedContext {
    readonly chromium: Chromium
  }
}

/** Unpacks the browser once, before any test wants it. */
export default async function (project: TestProject): Promise<void> {
  project.provide("chromium", await chromium())
}
