import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', '**/dist/**']

/** Tests that put something else in a module's place (`vi.mock`), which they must not do for others. */
const replacing = ['libs/messaging/src/{kafka,outbox}/**/*.test.ts']

const outages = ['libs/messaging/test/group-members.int.test.ts', 'libs/messaging/test/conformance/{outages,sharing,three-brokers}.int.test.ts']

/** What pages say, done as a reader does it: two more systems, for minutes. */
const pages = ['e2e/documented-commands.e2e.test.ts', 'e2e/add-a-service.e2e.test.ts']

/** Tests that need servers share one stack, started once; each has its own namespace and database in it. */
const withStack = { globalSetup: ['./stack/test/global-setup.ts'], testTimeout: 60_000, hookTimeout: 120_000 }

/** A machine that does much else computes slowly; what never ends is noticed all the same. Milliseconds. */
const unhurried = 30_000

/** As tsconfig.base.json says; said again for the tests, which are in no project's tsconfig. */
const oxc = { decorator: { legacy: true, emitDecoratorMetadata: true } }

export default defineConfig({
  oxc,
  test: {
    // As many as Vitest takes by itself, but three on few cores as well: a test with servers mostly waits.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      // Loading what is tested takes as long as many a test: the files of a worker share it.
      { oxc, test: { name: 'unit', isolate: false, testTimeout: unhurried, include: ['{apps,libs}/*/src/**/*.test.ts', '{stack,demo,bench,chaos}/src/**/*.test.ts', 'test/**/*.test.ts'], exclude: [...exclude, 'libs/contracts/**', ...replacing] } },
      { oxc, test: { name: 'unit-alone', testTimeout: unhurried, include: replacing, exclude } },
      { oxc, test: { name: 'contracts', isolate: false, testTimeout: unhurried, include: ['libs/contracts/src/**/*.test.ts'], exclude } },
      { oxc, test: { name: 'integration', isolate: false, include: ['{apps,libs}/*/test/**/*.int.test.ts', '{stack,demo}/test/**/*.int.test.ts'], exclude, ...withStack } },
      // Not part of `npm test`: what is broken again and again for minutes, outages with every client, and the benches' peers.
      { oxc, test: { name: 'soak', env: { EVERY_VARIANT: 'true' }, include: ['{apps,libs}/*/test/**/*.soak.test.ts', ...outages, 'e2e/{secured-broker,system}.e2e.test.ts', 'bench/test/**/*.int.test.ts'], exclude, ...withStack, fileParallelism: false } },
      // After all others and one by one: each file has all services and most of the machine for itself.
      { oxc, test: { name: 'e2e', include: ['e2e/**/*.e2e.test.ts'], exclude: [...exclude, ...pages], ...withStack, testTimeout: 300_000, fileParallelism: false } },
      // Not part of `npm test` either.
      { oxc, test: { name: 'pages', include: pages, exclude, ...withStack, testTimeout: 300_000, fileParallelism: false } },
    ],
  },
})
