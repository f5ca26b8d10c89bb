import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { binaryPackage, canReach, nobody } from './postgres-home.js'

const stranger = { uid: 54_321, gid: 54_321 }

describe('canReach', () => {
  it('is false as soon as one directory on the way is closed', async () => {
    const root = await mkdtemp(join(tmpdir(), 'reach-test-'))
    onTestFinished(() => rm(root, { recursive: true }))
    const inner = join(root, 'a', 'b')
    await mkdir(inner, { recursive: true })
    await chmod(root, 0o755)
    expect(await canReach(inner, stranger)).toBe(true)
    await chmod(root, 0o700)
    expect(await canReach(inner, stranger)).toBe(false)
    await chmod(root, 0o711)
    expect(await canReach(inner, stranger)).toBe(true)
  })

  it('goes by the rights of the owner for the owner', async () => {
    const own = await mkdtemp(join(tmpdir(), 'reach-test-'))
    onTestFinished(() => rm(own, { recursive: true }))
    await chmod(own, 0o700)
    expect(await canReach(own, { uid: process.getuid!(), gid: process.getgid!() })).toBe(true)
    expect(await canReach(own, stranger)).toBe(false)
  })
})

describe('nobody', () => {
  it('is found with its ids, whatever they are here', () => {
    expect(nobody('root:x:0:0:root:/root:/bin/sh\nnobody:x:99:98:Nobody:/:/sbin/nologin\n')).toEqual({ uid: 99, gid: 98 })
  })

  it('is an error with the way out where there is none', () => {
    expect(() => nobody('root:x:0:0:root:/root:/bin/sh\n')).toThrow(/no user nobody .* start the stack as a normal user/)
  })
})

describe('binaryPackage', () => {
  it('is the one for this system', async () => {
    expect(await binaryPackage()).toEqual({ native: expect.stringContaining(process.arch), version: expect.stringMatching(/^18\./) })
  })

  it('is one sentence with the ways out on a system it was not built for', async () => {
    const missing = binaryPackage('sunos', 'sparc')
    await expect(missing).rejects.toMatchObject({ code: 'POSTGRES_PLATFORM_UNSUPPORTED' })
    await expect(missing).rejects.toThrow(/no local PostgreSQL for sunos-sparc .*npm install, or set POSTGRES_URL .*docker compose/)
  })
})
