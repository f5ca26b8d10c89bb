import { startStack } from '../src/index.js'
import type { ServerName } from '../src/index.js'

/**
 * A launcher for the tests of what it leaves behind, started as
 * `node --import ../src/from-source.ts launcher.ts SERVER…`. It starts these servers and a process of its own under
 * guard, prints what the test must know as one line of JSON, and stays.
 */
const stack = await startStack({
  servers: process.argv.slice(2) as ServerName[],
  ...(process.env.STACK_DIR ? { dir: process.env.STACK_DIR } : {}),
  onProgress: (line) => console.error(line),
})
await stack.spawnGuarded('sleep', ['600'], { log: `${stack.dir}/sleep.log` })
// Ways to end that a signal alone does not show.
process.once('SIGUSR2', () => {
  throw new Error('the launcher crashes')
})
process.once('SIGHUP', () => process.exit(0))
// Last: whoever reads it may signal at once.
console.log(JSON.stringify({ env: stack.env, dir: stack.dir }))
