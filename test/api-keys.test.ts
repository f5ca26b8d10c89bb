import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { newSecrets } from '../demo/src/system/environment.js'
import { parseApiKeys } from '../libs/platform/src/http/api-key.js'
import { type KeysVariable, scopesByVariable } from '../libs/platform/src/http/scopes.js'
import { composeFile } from './compose-file.js'

/** A person who tries the system out may do all that there is. */
function expectEverything(variable: KeysVariable, entries: string | undefined, key: string): void {
  expect(parseApiKeys(entries ?? '', scopesByVariable[variable])).toMatchObject([{ hash: createHash('sha256').update(key).digest('hex'), scopes: new Set(scopesByVariable[variable]) }])
}

it('the keys of npm start open everything', () => {
  const secrets = newSecrets()
  expectEverything('API_KEYS', secrets.apiKeys, secrets.apiKey)
  expectEverything('RULES_API_KEYS', secrets.rulesApiKeys, secrets.rulesApiKey)
})

describe('deploy/secrets.mjs', () => {
  const root = join(import.meta.dirname, '..')
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'))
  const script = join(folder, 'secrets.mjs')
  // In its container it has the folder to itself.
  writeFileSync(script, readFileSync(join(root, 'deploy/secrets.mjs'), 'utf8').replace("const root = '/secrets'", `const root = ${JSON.stringify(folder)}`))
  afterAll(() => rmSync(folder, { recursive: true }))

  const run = (...args: string[]): string => execFileSync(process.execPath, [script, ...args], { encoding: 'utf8' }).trim()
  /** As root without capabilities is in the container: what its mode does not allow to its owner, it may not do. */
  const asNobody = (): string => {
    if (process.getuid?.() !== 0) return run()
    const nobody = 65_534
    for (const path of [folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((one) => join(folder, one))]) chownSync(path, nobody, nobody)
    return execFileSync(process.execPath, [script], { encoding: 'utf8', uid: nobody, gid: nobody }).trim()
  }
  const variable = (service: string, name: KeysVariable) => new RegExp(`^${name}=(.*)$`, 'm').exec(readFileSync(join(folder, service, 'env'), 'utf8'))?.[1]

  it('prints keys that open everything, the same after another start', () => {
    run()
    const keys = [run('api-key'), run('rules-api-key')] as const
    run()
    expect([run('api-key'), run('rules-api-key')]).toEqual(keys)
    expectEverything('API_KEYS', variable('transactions-api', 'API_KEYS'), keys[0])
    expectEverything('RULES_API_KEYS', variable('fraud-service', 'RULES_API_KEYS'), keys[1])
  })

  it('goes on after a start that was killed while it wrote', () => {
    const half = join(folder, 'notifier/env.new')
    writeFileSync(half, 'DATABASE_URL=', { mode: 0o444 })
    expect(asNobody()).toBe('every service has its secrets')
    expect(existsSync(half)).toBe(false)
  })

  it('writes to the volumes of docker-compose.yml, and no service reads what is not written', () => {
    const services = Object.values(composeFile().services)
    const mounts = services.flatMap(({ volumes = [] }) => volumes).join('\n')
    const written = [...mounts.matchAll(/^([\w-]+):\/secrets\/([\w-]+)$/gm)].map(([, volume, name]) => [volume, name])
    const read = [...mounts.matchAll(/^([\w-]+):\/run\/secrets\/([\w-]+):ro$/gm)].map(([, volume, name]) => [volume, name])
    const commands = services.flatMap(({ command = [] }) => command).join('\n')
    expect(read.length).toBeGreaterThan(5)
    for (const one of read) expect(written).toContainEqual(one)
    for (const [, name = ''] of commands.matchAll(/^--env-file=\/run\/secrets\/([\w-]+)\/env$/gm)) expect(readFileSync(join(folder, name, 'env'), 'utf8')).toMatch(/^\w+=./)
  })
})
