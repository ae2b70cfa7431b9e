import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/parity/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 900_000, // Python imports PyTorch and runs the models in float64
    fileParallelism: false, // two PyTorch at a time would ask for too much memory
  },
});
