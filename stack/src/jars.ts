import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StackError, systemCode } from './errors.js'
import type { Guard } from './guard.js'
import { withLock } from './lock.js'

/** What a pom.xml names; of the stack's own: `kafka/*.jar` and `registry/*-runner.jar` below this directory. */
export type JarsDirectory = string

export interface ResolveJars {
  /** Where the jars of every pom.xml are kept. */
  cache: string
  guard: Guard
  onProgress: (line: string) => void
  /** Default: the pom.xml of this package. */
  pom?: string
  /** What it names, for people. */
  what?: string
  env?: NodeJS.ProcessEnv
}

const SERVERS = 'Kafka and the schema registry (about 160 MB, the first time only)'

/**
 * The jars that stack/pom.xml names, resolved by Maven the first time and after every change of the file. A directory
 * is named after the file's content and gets its name when it is complete, so an interrupted download is never used.
 *
 * @throws StackError MAVEN_MISSING, JARS_UNRESOLVED
 */
export async function resolveJars({ cache, guard, onProgress, pom = ownPom(), what = SERVERS, env = process.env }: ResolveJars): Promise<JarsDirectory> {
  const hash = createHash('sha256').update(await readFile(pom)).digest('hex').slice(0, 12)
  const complete = join(cache, hash)
  if (await exists(complete)) return complete
  await mkdir(cache, { recursive: true })
  const waits = (): void => onProgress('jars: another launcher is resolving them, waiting for it')
  await withLock(`${complete}.lock`, async () => {
    if (!(await exists(complete))) await resolveInto(complete, { cache, guard, onProgress, pom, what, env })
  }, waits)
  return complete
}

async function resolveInto(complete: string, { cache, guard, onProgress, pom, what, env }: Required<ResolveJars>): Promise<void> {
  onProgress(`jars: Maven resolves ${what}`)
  const started = performance.now()
  const incomplete = await mkdtemp(join(cache, 'incomplete-'))
  guard.removeAtEnd(incomplete)
  const jars = join(incomplete, 'jars')
  try {
    await guard.run('mvn', ['-q', '-B', '-f', pom, `-Dstack.jars=${jars}`, 'generate-resources'], {
      env,
      log: join(incomplete, 'maven.log'),
    })
    await rename(jars, complete)
    onProgress(`jars: resolved (${((performance.now() - started) / 1000).toFixed(1)} s)`)
  } catch (error) {
    // Another launcher was faster: its result is as good.
    if (await exists(complete)) return
    throw explain(error, what)
  } finally {
    await rm(incomplete, { recursive: true, force: true })
  }
}

function explain(error: unknown, what: string): unknown {
  const name = what.replace(/ \(.*/, '')
  if (!(error instanceof StackError)) return error
  if (systemCode(error.cause) === 'ENOENT') {
    const fix = 'install Maven 3.8 or newer (for example the package maven) and start again'
    return new StackError('MAVEN_MISSING', `Maven is needed once, to fetch ${name}, and mvn is not on the PATH: ${fix}.`, { cause: error })
  }
  const fix = 'check the network and your Maven settings (~/.m2/settings.xml), then start again'
  return new StackError('JARS_UNRESOLVED', `Maven could not resolve ${name}: ${fix}.\n${error.message}`, { cause: error })
}

function ownPom(): string {
  return fileURLToPath(new URL('../pom.xml', import.meta.url))
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
