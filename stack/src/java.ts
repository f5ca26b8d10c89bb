import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StackError, systemCode } from './errors.js'

const OLDEST = 17
const FIX = `install a JDK ${OLDEST} or newer (for example the package openjdk-17-jre-headless), or point JAVA_HOME at one`

/**
 * The `java` to run Kafka and the registry with: that of JAVA_HOME, else that of PATH.
 *
 * @throws StackError JAVA_MISSING, JAVA_TOO_OLD
 */
export async function findJava(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java'
  const where = env.JAVA_HOME ? `at JAVA_HOME (${env.JAVA_HOME})` : 'on the PATH'
  let output: string
  try {
    output = (await promisify(execFile)(java, ['-version'], { env })).stderr
  } catch (cause) {
    const why = systemCode(cause) === 'ENOENT' ? 'not found' : 'does not run'
    throw new StackError('JAVA_MISSING', `Java is needed for Kafka and the schema registry, and ${why} ${where}: ${FIX}.`, { cause })
  }
  const version = javaMajorVersion(output)
  if (version !== undefined && version < OLDEST) {
    throw new StackError('JAVA_TOO_OLD', `Java ${version} ${where} is too old for Kafka and the schema registry: ${FIX}.`)
  }
  return java
}

/** The major version in what `java -version` prints: 17 of `"17.0.15"`, 8 of `"1.8.0_412"`. */
export function javaMajorVersion(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output)
  return match ? Number(match[1]) : undefined
}
