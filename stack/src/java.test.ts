import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findJava, javaMajorVersion } from './java.js'

describe('javaMajorVersion', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_412"', 8],
    ['openjdk version "25" 2025-09-16', 25],
    ['openjdk version "21-ea" 2023-09-19', 21],
    ['Picked up JAVA_TOOL_OPTIONS: -Xint\nopenjdk version "11.0.2"', 11],
    ['no version here', undefined],
  ])('%j is %s', (output, version) => expect(javaMajorVersion(output)).toBe(version))
})

/** A directory with a `java` that prints a version as the real one does: to standard error. */
async function directoryWithJava(version: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'java-test-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  await writeFile(join(dir, 'java'), `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`)
  await chmod(join(dir, 'java'), 0o755)
  return dir
}

describe('findJava', () => {
  it('takes the java of the PATH', async () => {
    expect(await findJava({ PATH: await directoryWithJava('17.0.1') })).toBe('java')
  })

  it('says in one sentence what to do when there is none', async () => {
    const missing = findJava({ PATH: '' })
    await expect(missing).rejects.toMatchObject({ code: 'JAVA_MISSING' })
    await expect(missing).rejects.toThrow(/^Java is needed .* not found on the PATH: install a JDK 17 or newer .*\.$/)
  })

  it('says which JAVA_HOME has none', async () => {
    await expect(findJava({ JAVA_HOME: '/nowhere', PATH: '' })).rejects.toThrow('not found at JAVA_HOME (/nowhere)')
  })

  it('refuses one that is too old, naming its version', async () => {
    const old = findJava({ PATH: await directoryWithJava('11.0.2') })
    await expect(old).rejects.toMatchObject({ code: 'JAVA_TOO_OLD' })
    await expect(old).rejects.toThrow(/^Java 11 on the PATH is too old .*install a JDK 17 or newer/)
  })
})
