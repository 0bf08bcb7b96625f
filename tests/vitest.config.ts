import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "ts", include: ["ts/**/*.test.{ts,tsx}"] } },
      {
        test: {
          name: "browser",
          include: ["browser/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
