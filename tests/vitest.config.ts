import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "ts", include: ["ts/**/*.test.{ts,tsx}"] } },
      ...["browser", "cluster"].map((name) => ({
        test: {
          name,
          include: [`${name}/**/*.test.ts`],
          setupFiles: ["./workbench/failures.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          // The machine may train a model at the same time.
          expect: { poll: { timeout: 60_000, interval: 250 } },
        },
      })),
    ],
  },
});
