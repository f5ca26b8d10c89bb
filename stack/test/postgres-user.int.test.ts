import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startStack } from '../src/index.js'
import { canReach, nobody } from '../src/postgres-home.js'

const isRoot = process.getuid?.() === 0

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'user-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
})

async function dataDirectory(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<{ data_directory: string }>('SHOW data_directory')).rows[0]!.data_directory
  } finally {
    await client.end()
  }
}

describe.skipIf(!isRoot)('PostgreSQL for root', () => {
  it('runs as nobody, with its data where nobody can reach them when our own directory is private', async () => {
    await chmod(dir, 0o700)
    const user = nobody(await readFile('/etc/passwd', 'utf8'))
    expect(await canReach(dir, user)).toBe(false)

    const stack = await startStack({ servers: ['postgres'], dir })
    const data = await dataDirectory(stack.env.POSTGRES_URL!)
    expect(data.startsWith(dir)).toBe(false)
    expect((await stat(data)).uid).toBe(user.uid)

    await stack.stop()
    await expect(stat(data)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('has its data in our directory when nobody can reach it', async () => {
    await chmod(dir, 0o755)
    const stack = await startStack({ servers: ['postgres'], dir })
    expect(await dataDirectory(stack.env.POSTGRES_URL!)).toMatch(dir)
    await stack.stop()
  })
})

const here = fileURLToPath(new URL('.', import.meta.url))
const user = isRoot ? nobody(await readFile('/etc/passwd', 'utf8')) : undefined
const anotherCanTry = user !== undefined && (await canReach(here, user)) && (await canReach(dirname(process.execPath), user))

describe('PostgreSQL for a normal user', () => {
  it.skipIf(isRoot)('runs as that user, with its data in their directory', async () => {
    const stack = await startStack({ servers: ['postgres'], dir })
    const data = await dataDirectory(stack.env.POSTGRES_URL!)
    expect(data).toMatch(dir)
    expect((await stat(data)).uid).toBe(process.getuid?.())
    await stack.stop()
  })

  it.skipIf(!anotherCanTry)('runs as that user (tried by root, as another user)', async () => {
    await chown(dir, user!.uid, user!.gid)
    const launcher = spawn(process.execPath, ['--import', join(here, '../src/from-source.ts'), join(here, 'launcher.ts'), 'postgres'], {
      ...user,
      env: { PATH: process.env.PATH, HOME: dir, STACK_DIR: dir },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const line = await createInterface(launcher.stdout)[Symbol.asyncIterator]().next()
    const { env } = JSON.parse(line.value as string) as { env: { POSTGRES_URL: string } }
    const data = await dataDirectory(env.POSTGRES_URL)
    expect(data).toMatch(dir)
    expect((await stat(data)).uid).toBe(user!.uid)

    launcher.kill('SIGHUP')
    await once(launcher, 'exit')
    await expect.poll(() => readdir(dir), { timeout: 20_000 }).toEqual([])
  })
})
