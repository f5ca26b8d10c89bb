import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { services } from '@swipestream/contracts'
import { describe, expect, test } from 'vitest'
import { composeFile } from './compose-file.js'

const text = (file: string): string => readFileSync(join(import.meta.dirname, '..', file), 'utf8')
const { services: plain } = composeFile()
const { services: secure } = composeFile('docker-compose.secure.yml')

/** Other people's programs, which the override knows nothing of. */
const leftOut = ['connect', 'logstash']

const users = [...services.map(({ name }) => name), 'tools', 'registry'].sort()

describe('docker-compose.secure.yml', () => {
  test('has a secret for each user on the broker, in a volume of its own', () => {
    const volumes = secure['secrets']?.volumes ?? []
    expect(volumes.map((volume) => /^kafka-[\w-]+:\/secrets\/kafka\/([\w-]+)$/.exec(volume)?.[1]).sort()).toEqual(['admin', ...users].sort())
    const made = /const kafkaUsers = \[([^\]]*)\]/.exec(text('deploy/secrets.mjs'))?.[1] ?? ''
    expect([...made.matchAll(/'([\w-]+)'/g)].map(([, user]) => user).sort()).toEqual(users)
  })

  test('tells every program of docker-compose.yml that comes to the broker who it is there', () => {
    const comes = Object.entries(plain).filter(([, { environment, profiles = [] }]) => environment && 'KAFKA_BROKERS' in environment && !leftOut.some((profile) => profiles.includes(profile)))
    expect(comes.length).toBeGreaterThan(9)
    const lacking = comes.filter(([name]) => {
      const { entrypoint = [], volumes = [] } = secure[name] ?? {}
      return !entrypoint.join(' ').includes('/run/secrets/kafka/env') || volumes.filter((volume) => /^kafka-[\w-]+:\/run\/secrets\/kafka:ro$/.test(volume)).length !== 1
    })
    expect(lacking.map(([name]) => name)).toEqual([])
  })

  test('gives no capability to what only it has', () => {
    const added = Object.entries(secure).filter(([name]) => !(name in plain))
    expect(added.map(([name]) => name)).toEqual(['certificates', 'access'])
    for (const [name, { cap_drop, security_opt, read_only }] of added) expect([name, cap_drop, security_opt, read_only]).toEqual([name, ['ALL'], ['no-new-privileges:true'], true])
  })

  test('gives a service no more than its own user', () => {
    for (const { name } of services) {
      const holders = Object.entries(secure).filter(([service, { volumes = [] }]) => service !== 'secrets' && volumes.some((volume) => volume.startsWith(`kafka-${name}:`)))
      expect(holders.length, name).toBeLessThanOrEqual(1)
    }
  })
})
