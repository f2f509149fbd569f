import { availableParallelism } from "node:os"
import { resolve } from "node:path"
import { defineConfig } from "vitest/config"
import solid from "vite-plugin-solid"

// What the tests and the servers they start have compiled is kept for the next of them: a quarter of
// what the units cost. Coverage is counted in what was compiled anew.
if (!process.argv.some((argument) => argument.startsWith("--coverage"))) {
  process.env.NODE_COMPILE_CACHE ??= resolve(import.meta.dirname, "node_modules/.cache/tests")
}

/** What needs no PostgreSQL. */
const onSqlite = ["packages/storage/test/{Memory,Sqlite,dataFolder}.test.ts"]

// Each project is one kind of evidence: `unit` on the test clock and real sockets, `web` in a DOM, `sqlite` storage on SQLite, `db`
// on a real PostgreSQL and on both beside each other, `e2e` in real browsers, `drills` with killed processes,
// `image` by the steps of the Dockerfile.
export default defineConfig({
  test: {
    reporters: ["default", "./tests/plain-reporter.ts"],
    passWithNoTests: false,
    // By default one processor is left alone, which on a machine of two is half of them.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    coverage: {
      provider: "custom",
      customProviderModule: "./tests/coverage.ts",
      // Threads and child processes are measured too: the writer of SQLite is a thread.
      autoAttachSubprocess: true,
      include: ["packages/*/src/**"],
      reporter: ["json-summary"],
      reportOnFailure: true,
      thresholds: Object.fromEntries(
        ["otp", "protocol", "storage", "chat", "client"].map((name) => [`packages/${name}/src/**`, { branches: 90 }])
      )
    },
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          include: [
            "packages/{otp,protocol,chat,client,demo}/test/**/*.test.ts",
            "apps/{server,web,terminal}/test/**/*.test.ts",
            "tests/**/*.test.ts"
          ],
          // Most take milliseconds; those that start processes take seconds where others use the machine too.
          testTimeout: 30_000,
          // They share nothing but what is loaded, and loading that for each file anew is half of what they cost.
          isolate: false
        }
      },
      {
        plugins: [solid()],
        test: { name: "web", environment: "happy-dom", include: ["apps/web/test/**/*.test.tsx"] }
      },
      {
        test: {
          name: "sqlite",
          environment: "node",
          include: onSqlite,
          testTimeout: 30_000
        }
      },
      {
        test: {
          name: "db",
          environment: "node",
          include: ["packages/storage/test/**/*.test.ts", "apps/server/test/**/*.db.ts"],
          exclude: onSqlite,
          globalSetup: ["./tests/postgres-setup.ts"],
          testTimeout: 30_000
        }
      },
      {
        test: {
          name: "e2e",
          environment: "node",
          include: ["apps/web/test/**/*.e2e.ts"],
          globalSetup: ["./tests/chromium-setup.ts"],
          // A browser waits for most of its time: two beside each other, and nothing but the drills.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 90_000
        }
      },
      {
        test: {
          name: "drills",
          environment: "node",
          include: ["apps/bench/test/**/*.test.ts"],
          // Beside each other and beside the browsers: they wait for most of their time, for starts and for leases that run out.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 600_000,
          hookTimeout: 90_000
        }
      },
      {
        test: {
          name: "image",
          environment: "node",
          include: ["tests/containers/*.drill.ts"],
          // It installs everything anew: alone at the end.
          sequence: { groupOrder: 2 },
          testTimeout: 600_000
        }
      }
    ]
  }
})
