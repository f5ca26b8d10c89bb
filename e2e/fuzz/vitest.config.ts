import { defineConfig } from 'vitest/config'

/** `npm run test:fuzz`: apart from `npm test`, for it takes minutes, and a Python with packages of its own. */
export default defineConfig({
  // As vitest.config.ts has it.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    include: ['e2e/fuzz/**/*.fuzz.test.ts'],
    // It takes minutes: each case is told when it is done.
    reporters: ['verbose'],
    globalSetup: ['./stack/test/global-setup.ts'],
    testTimeout: 900_000,
    hookTimeout: 600_000,
  },
})
