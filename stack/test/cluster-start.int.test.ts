import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { clusterNames } from '../src/server.js'
import { repositoryStackDirectory } from '../src/directory.js'
import { startStack, type StackOptions } from '../src/stack.js'

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'broken-java-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

/** Has Java end with these lines and exit code 3 where its arguments match; elsewhere it is the one there is. */
async function breakJava(where: string, ...lines: string[]): Promise<void> {
  const java = process.env['JAVA_HOME'] ? join(process.env['JAVA_HOME'], 'bin', 'java') : 'java'
  await mkdir(join(home, 'bin'))
  const script = `#!/bin/sh\ncase "$*" in ${where}) ${lines.map((line) => `echo '${line}';`).join(' ')} exit 3;; esac\nexec ${java} "$@"\n`
  await writeFile(join(home, 'bin', 'java'), script)
  await chmod(join(home, 'bin', 'java'), 0o755)
  const before = process.env['JAVA_HOME']
  process.env['JAVA_HOME'] = home
  onTestFinished(() => {
    if (before === undefined) delete process.env['JAVA_HOME']
    else process.env['JAVA_HOME'] = before
  })
}

/** What a start of the cluster fails with; nothing of it is left then. */
async function failure(options: StackOptions = {}): Promise<unknown> {
  const [dir, jars] = [join(home, 'stack'), join(repositoryStackDirectory(), 'jars')]
  await Promise.all([mkdir(dir), mkdir(jars, { recursive: true })])
  await symlink(jars, join(dir, 'jars'))
  const error: unknown = await startStack({ servers: clusterNames, dir, ...options }).then(
    (stack) => stack.stop(),
    (reason: unknown) => reason,
  )
  expect(await readdir(dir)).toEqual(['jars'])
  return error
}

describe('a cluster of which one broker does not come up', () => {
  it.each(clusterNames)('fails by what %s could not have before it had its ports', async (name) => {
    let asked = 0
    const ports = {
      // Each of the brokers asks for one in turn.
      get kafka(): number {
        if (asked++ === clusterNames.indexOf(name)) throw new Error('there is no port')
        return 9092
      },
    }
    expect(await failure({ ports })).toMatchObject({ message: 'there is no port' })
  })

  it.each(clusterNames)('fails by the end of the log of %s when that ends while it starts', async (name) => {
    await breakJava(`*kafka.Kafka*${name}/server.properties*`, 'it begins', 'it has no disk')
    expect(await failure()).toMatchObject({
      code: 'SERVER_FAILED',
      message: expect.stringMatching(new RegExp(`^${name} .* ended with exit code 3 while starting\\. [^]* {2}it begins\n {2}it has no disk$`)) as string,
    })
  })

  it('fails by what the storage tool said when the data cannot be made', async () => {
    await breakJava('*StorageTool*', 'there is no disk')
    expect(await failure()).toMatchObject({ code: 'COMMAND_FAILED', message: expect.stringMatching(/failed with exit code 3\n {2}there is no disk$/) as string })
  })
})
