import { join } from 'node:path'
import { repositoryStackDirectory } from './directory.js'
import { startGuard } from './guard.js'
import { resolveJars } from './jars.js'
import { findJava } from './java.js'
import type { Command } from './server.js'

/**
 * How one of Kafka's own tools is run, with the jars of the local stack.
 *
 * @param main such as `org.apache.kafka.tools.ProducerPerformance`
 * @throws StackError JAVA_MISSING, JAVA_TOO_OLD, MAVEN_MISSING, JARS_UNRESOLVED
 */
export async function kafkaTool(main: string, args: readonly string[], { dir = repositoryStackDirectory(), onProgress = (_line: string): void => {} } = {}): Promise<Command> {
  const guard = startGuard()
  try {
    const [java, jars] = await Promise.all([findJava(), resolveJars({ cache: join(dir, 'jars'), guard, onProgress })])
    return { command: java, args: ['-Djava.awt.headless=true', main, ...args], env: { CLASSPATH: join(jars, 'kafka', '*') } }
  } finally {
    await guard.close()
  }
}
