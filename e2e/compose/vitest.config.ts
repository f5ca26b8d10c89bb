import { defineConfig } from 'vitest/config'

/** `npm run test:compose`: apart from `npm test`, for it needs a Docker engine and builds images. */
export default defineConfig({
  test: {
    include: ['e2e/compose/**/*.compose.test.ts'],
    // Each case goes on from where the one before it has left the system.
    bail: 1,
    fileParallelism: false,
    // A machine that does much else starts servers slowly.
    testTimeout: 720_000,
    // Images are built in it.
    hookTimeout: 1_800_000,
  },
})
