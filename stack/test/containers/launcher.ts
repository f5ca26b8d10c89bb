import type { ContainedName } from './contained-server.js'
import { findEngine } from './engine.js'
import { startContainers } from './start-containers.js'

/**
 * A launcher for the tests of what it leaves behind, started as
 * `node --import ../../src/from-source.ts launcher.ts SERVER…`. It starts these servers, prints what the test must know
 * as one line of JSON, and stays.
 */
const { env } = await startContainers(process.argv.slice(2) as ContainedName[])
const { session } = await findEngine()
setInterval(() => undefined, 60_000)
// Last: whoever reads it may signal at once.
console.log(JSON.stringify({ env, session }))
