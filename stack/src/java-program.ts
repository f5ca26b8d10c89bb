import { createHash, type Hash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { repositoryStackDirectory } from './directory.js'
import { StackError, systemCode } from './errors.js'
import { type Guard, startGuard } from './guard.js'
import { resolveJars } from './jars.js'
import { findJava } from './java.js'
import type { Command } from './server.js'

/** Called as a module of the JVM that runs the program: another JDK's `javac` may be first on the PATH. */
const COMPILER = ['-m', 'jdk.compiler/com.sun.tools.javac.Main']

export interface JavaProgram {
  /** Has a pom.xml, which copies what it names to `${stack.jars}/program`, and the sources below src/. */
  readonly directory: string
  /** What the pom.xml names, for people, such as `Kafka Streams (about 80 MB, the first time only)`. */
  readonly needs: string
  /** Class to run, such as `io.swipestream.streams.FraudPeer`. */
  readonly main: string
  /** Of the JVM. */
  readonly flags?: readonly string[]
  readonly args?: readonly string[]
}

interface Where {
  /** Where jars and classes are kept. */
  dir?: string
  onProgress?: (line: string) => void
  env?: NodeJS.ProcessEnv
}

/**
 * How a Java program of this repository is run. Its jars are resolved and its sources compiled the first time, and after
 * every change of either.
 *
 * @throws StackError JAVA_MISSING, JAVA_TOO_OLD, JAVA_UNCOMPILED, MAVEN_MISSING, JARS_UNRESOLVED
 */
export async function javaProgram(
  { directory, needs, main, flags = [], args = [] }: JavaProgram,
  { dir = repositoryStackDirectory(), onProgress = () => {}, env = process.env }: Where = {},
): Promise<Command> {
  const guard = startGuard()
  try {
    const pom = join(directory, 'pom.xml')
    const [java, jars] = await Promise.all([findJava(env), resolveJars({ cache: join(dir, 'jars'), guard, onProgress, pom, what: needs, env })])
    const library = join(jars, 'program')
    const classes = await compiled({ java, sources: join(directory, 'src'), library, cache: join(dir, 'classes'), guard, env })
    return { command: java, args: [...flags, '-Djava.awt.headless=true', main, ...args], env: { CLASSPATH: [classes, join(library, '*')].join(delimiter) } }
  } finally {
    await guard.close()
  }
}

interface Compile {
  java: string
  sources: string
  /** Directory of the jars that the sources use. */
  library: string
  cache: string
  guard: Guard
  env: NodeJS.ProcessEnv
}

/** The directory of the classes. It is named after all that they are made of, and gets its name when it is complete. */
async function compiled({ java, sources, library, cache, guard, env }: Compile): Promise<string> {
  const files = (await readdir(sources, { recursive: true })).filter((file) => file.endsWith('.java')).sort()
  const hash = createHash('sha256').update(library)
  for (const file of files) await addFile(hash, sources, file)
  const complete = join(cache, hash.digest('hex').slice(0, 12))
  if (await exists(complete)) return complete
  await mkdir(cache, { recursive: true })
  const incomplete = await mkdtemp(join(cache, 'incomplete-'))
  guard.removeAtEnd(incomplete)
  try {
    const classes = join(incomplete, 'classes')
    const paths = files.map((file) => join(sources, file))
    // One by one: a wildcard is understood by Java's launchers, not by the compiler.
    const jars = (await readdir(library)).map((jar) => join(library, jar)).join(delimiter)
    await guard.run(java, [...COMPILER, '--release', '17', '-Xlint:all,-processing', '-d', classes, '-cp', jars, ...paths], { env, log: join(incomplete, 'compiler.log') })
    await rename(classes, complete)
  } catch (error) {
    // Another process was faster: its classes are as good.
    if (await exists(complete)) return complete
    if (!(error instanceof StackError)) throw error
    const fix = 'Where the compiler is not found, this Java is not a JDK: install one (for example the package openjdk-17-jdk-headless), or point JAVA_HOME at one.'
    throw new StackError('JAVA_UNCOMPILED', `the program in ${sources} could not be compiled. ${fix}\n${error.message}`, { cause: error })
  } finally {
    await rm(incomplete, { recursive: true, force: true })
  }
  return complete
}

async function addFile(hash: Hash, directory: string, file: string): Promise<void> {
  const text = await readFile(join(directory, file))
  hash.update(`\n${file} ${text.length}\n`).update(text)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return false
      throw error
    },
  )
}
