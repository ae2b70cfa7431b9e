import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "packages/*/test/**/*.test.ts"],
    exclude: [
      "**/node_modules/**",
      "test/parity/**",
      "test/fuzz/**",
      "test/package/**",
      "test/retrieval/**",
      "test/runtimes/**",
    ],
    testTimeout: 120_000,
  },
});
