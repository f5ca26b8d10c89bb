import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startGuard } from './guard.js'
import type { Guard } from './guard.js'
import { resolveJars } from './jars.js'

// Real processes on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 })

/** Above the highest process id a system gives. */
const NO_PROCESS = '999999999'

let dir: string
let guard: Guard
let lines: string[]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'jars-test-'))
  guard = startGuard()
  lines = []
  await writeFile(join(dir, 'pom.xml'), '<project/>')
})

afterEach(async () => {
  await guard.close()
  await rm(dir, { recursive: true, force: true })
})

/** In place of Maven, a script that gets the target directory as Maven does (-Dstack.jars=…), and notes each call. */
async function maven(script: string): Promise<void> {
  const bin = join(dir, 'bin')
  await mkdir(bin, { recursive: true })
  const target = `for a in "$@"; do case $a in -Dstack.jars=*) jars=\${a#-Dstack.jars=};; esac; done`
  await writeFile(join(bin, 'mvn'), `#!/bin/sh\necho call >> ${dir}/calls\n${target}\n${script}\n`)
  await chmod(join(bin, 'mvn'), 0o755)
}

const resolve = (by: Guard = guard): Promise<string> =>
  resolveJars({
    cache: join(dir, 'cache'),
    guard: by,
    onProgress: (line) => lines.push(line),
    pom: join(dir, 'pom.xml'),
    env: { PATH: `${join(dir, 'bin')}:/usr/bin:/bin` },
  })
const calls = async (): Promise<number> => (await readFile(join(dir, 'calls'), 'utf8')).trim().split('\n').length

it('asks Maven the first time, with a line of progress, and never again', async () => {
  await maven('mkdir -p $jars/kafka; echo > $jars/kafka/a.jar')
  const jars = await resolve()
  expect(await readdir(join(jars, 'kafka'))).toEqual(['a.jar'])
  expect(lines).toEqual([expect.stringContaining('Maven resolves Kafka'), expect.stringMatching(/^jars: resolved \(\d+\.\d s\)$/)])
  expect(await resolve()).toBe(jars)
  expect(await calls()).toBe(1)
})

it('asks again after a change of pom.xml', async () => {
  await maven('mkdir -p $jars')
  const before = await resolve()
  await writeFile(join(dir, 'pom.xml'), '<project><!-- newer --></project>')
  expect(await resolve()).not.toBe(before)
  expect(await calls()).toBe(2)
})

it('lets the second of two launchers wait for the first', async () => {
  await maven('mkdir -p $jars; sleep 0.5')
  const [one, other] = await Promise.all([resolve(), resolve()])
  expect(one).toBe(other)
  expect(await calls()).toBe(1)
  expect(lines).toContainEqual(expect.stringContaining('another launcher is resolving them'))
})

it('takes over from a launcher that was killed, and does not use what it left', async () => {
  await maven(`mkdir -p $jars; echo > $jars/half.jar; echo > ${dir}/half-way; sleep 600`)
  const killed = startGuard()
  const interrupted = resolve(killed).catch((error: unknown) => error)
  while (!(await stat(join(dir, 'half-way')).catch(() => undefined))) await new Promise((wait) => setTimeout(wait, 20))
  await killed.close()
  expect(await interrupted).toMatchObject({ code: 'JARS_UNRESOLVED' })
  // A launcher that is killed has no time to remove its lock.
  const hash = createHash('sha256').update(await readFile(join(dir, 'pom.xml'))).digest('hex').slice(0, 12)
  await writeFile(join(dir, 'cache', `${hash}.lock`), NO_PROCESS)

  await maven('mkdir -p $jars; echo > $jars/whole.jar')
  expect(await readdir(await resolve())).toEqual(['whole.jar'])
})

it('leaves nothing of a failed attempt, and says what Maven said', async () => {
  await maven('mkdir -p $jars; echo > $jars/half.jar; echo "Could not transfer artifact"; exit 1')
  const failed = resolve()
  await expect(failed).rejects.toMatchObject({ code: 'JARS_UNRESOLVED' })
  await expect(failed).rejects.toThrow(/check the network[^]*Could not transfer artifact/)
  expect(await readdir(join(dir, 'cache'))).toEqual([])
})

it('says in one sentence what to do when there is no Maven', async () => {
  const missing = resolveJars({ cache: join(dir, 'cache'), guard, onProgress: () => {}, pom: join(dir, 'pom.xml'), env: { PATH: join(dir, 'bin') } })
  await expect(missing).rejects.toMatchObject({ code: 'MAVEN_MISSING' })
  await expect(missing).rejects.toThrow(/^Maven is needed once, .* mvn is not on the PATH: install Maven 3.8 or newer .* start again\.$/)
})
