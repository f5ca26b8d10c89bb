import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { composeFile, type ComposeService } from './compose-file.js'

const root = join(import.meta.dirname, '..')

const { services, volumes } = composeFile()
const all = Object.entries(services)
const isOneShot = ({ restart }: ComposeService) => restart !== 'unless-stopped'
/** Started by `run` alone. */
const byHand = ['demo']
/** Nobody waits for them: what does not reach Jaeger is dropped. */
const notLookedAt = ['jaeger']

/** What `up` starts with these profiles: names, without those that `--scale NAME=0` leaves out, and nobody waits for. */
function started(profiles: readonly string[], without: readonly string[] = []): readonly string[] {
  return all.filter(([name, { profiles: own }]) => (own === undefined || own.some((profile) => profiles.includes(profile))) && !without.includes(name)).map(([name]) => name)
}
const oneShots = (names: readonly string[]) => names.filter((name) => isOneShot(services[name] as ComposeService))
const running = (names: readonly string[]) => names.filter((name) => !isOneShot(services[name] as ComposeService))

const known = ['logs', 'elk', 'logstash', 'load', 'connect', 'observability']
const combinations = known.reduce<string[][]>((some, profile) => [...some, ...some.map((one) => [...one, profile])], [[]])
/** The service whose place another one takes in a profile: `--scale NAME=0`. */
const replaced: Readonly<Record<string, string>> = { connect: 'etl-extract', logstash: 'log-index' }
const variants = combinations.flatMap((profiles) => {
  const without = profiles.flatMap((profile) => replaced[profile] ?? [])
  return [{ profiles, without: [] as string[] }, ...(without.length > 0 ? [{ profiles, without }] : [])]
})
const titled = variants.map((one) => [`${one.profiles.join(', ') || 'no profile'}${one.without.length > 0 ? ` without ${one.without.join(', ')}` : ''}`, one] as const)

/** Bytes. */
function memory({ mem_limit = '' }: ComposeService): number {
  const [, number, unit = ''] = /^(\d+)([mg])$/.exec(mem_limit) ?? []
  return Number(number) * { m: 2 ** 20, g: 2 ** 30 }[unit as 'm' | 'g']
}
const gibibytes = (names: readonly string[]) => names.reduce((sum, name) => sum + memory(services[name] as ComposeService), 0) / 2 ** 30

describe('docker-compose.yml', () => {
  it('has no other profiles than these', () => {
    expect([...new Set(all.flatMap(([, { profiles = [] }]) => profiles))].toSorted()).toEqual([...known, ...byHand].toSorted())
  })

  it.each(titled)('with %s: a service that runs waits for each one-shot, without which `up --wait` fails', (_, { profiles, without }) => {
    const names = started(profiles, without)
    const waitedFor = new Set(running(names).flatMap((name) => Object.entries(services[name]?.depends_on ?? {})).filter(([, { condition }]) => condition === 'service_completed_successfully').map(([name]) => name))
    // secrets, databases and the like may be waited for by another one-shot, which in turn is.
    expect(oneShots(names).filter((name) => !waitedFor.has(name))).toEqual([])
  })

  it.each(titled)('with %s: what a service needs is there', (_, { profiles, without }) => {
    const names = started(profiles, without)
    const missing = names.flatMap((name) => Object.entries(services[name]?.depends_on ?? {}).filter(([needed, { required = true }]) => required && !names.includes(needed) && !without.includes(needed)).map(([needed]) => `${name} needs ${needed}`))
    expect(missing).toEqual([])
  })

  it('waits for a server until it is healthy, for a one-shot until it has done its work', () => {
    const wrong = all.flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on).filter(([needed, { condition }]) => condition !== (isOneShot(services[needed] as ComposeService) ? 'service_completed_successfully' : 'service_healthy')).map(([needed]) => `${name}: ${needed}`),
    )
    expect(wrong).toEqual([])
  })

  it('limits the memory of each, and together to 3 GB, with Elasticsearch and Kibana to 6', () => {
    for (const [name, service] of all) expect(memory(service), name).toBeGreaterThan(0)
    expect(gibibytes(running(started([])))).toBeLessThanOrEqual(3)
    for (const profile of known) expect(gibibytes(running(started([profile, 'load']))), profile).toBeLessThanOrEqual(6)
  })

  it('bounds the heap of each virtual machine, and leaves a third of the memory for what is no heap', () => {
    const heaps = all.flatMap(([name, service]) => [...JSON.stringify(service.environment ?? {}).matchAll(/(?:-Xmx(\d+)m|--max-old-space-size=(\d+))/g)].map(([, java, node]) => ({ name, share: (Number(java ?? node) * 2 ** 20) / memory(service) })))
    expect(heaps.map(({ name }) => name).toSorted()).toEqual(['connect', 'elasticsearch', 'kafka', 'kibana', 'logstash', 'registry'])
    for (const { name, share } of heaps) expect(share, name).toBeLessThanOrEqual(2 / 3)
  })

  it('publishes ports to this machine only, each at a number that can be chosen', () => {
    const ports = all.flatMap(([, { ports: published = [] }]) => published)
    expect(ports.length).toBeGreaterThan(5)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z_]+-\d+\}:\d+$/)
  })

  it.each(all)('%s: its image is of a version, of this build, or built by another', (_, { image = '', build, pull_policy }) => {
    expect(image).toMatch(/^[\w./-]+:(?!latest$)[\w.-]+$/)
    if (image.startsWith('swipestream-')) expect(image).toMatch(/:dev$/)
    else expect([build, pull_policy]).toEqual([undefined, undefined])
    if (image.endsWith(':dev') && build === undefined) {
      expect(pull_policy).toBe('never')
      const builders = all.filter(([, other]) => other.image === image && other.build !== undefined)
      expect(builders).toHaveLength(1)
    }
  })

  it('starts who builds an image wherever it is used', () => {
    for (const profiles of combinations) {
      const names = started(profiles)
      const built = names.flatMap((name) => (services[name]?.build === undefined ? [] : [services[name].image]))
      expect(names.filter((name) => services[name]?.pull_policy === 'never' && !built.includes(services[name].image)), profiles.join()).toEqual([])
    }
  })

  it.each(all)('%s: has no capability, and cannot get one', (_, { cap_drop, security_opt }) => {
    expect([cap_drop, security_opt]).toEqual([['ALL'], ['no-new-privileges:true']])
  })

  it.each(all.filter(([, service]) => service.image?.startsWith('swipestream-') || isOneShot(service)))('%s: writes to no file system but its volumes', (_, { read_only }) => {
    expect(read_only).toBe(true)
  })

  it.each(all.filter(([name]) => ![...byHand, ...notLookedAt].includes(name)))('%s: runs on and says whether it is healthy, or tries some times to do its work', (_, { restart, healthcheck }) => {
    expect([restart, healthcheck?.test[0]]).toEqual(healthcheck === undefined ? ['on-failure:5', undefined] : ['unless-stopped', 'CMD'])
  })

  it('takes from the environment what deploy/README.md tells of, and nothing else', () => {
    const written = [...readFileSync(join(root, 'docker-compose.yml'), 'utf8').matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name)
    // A variable without a value is handed on as it is.
    const handedOn = all.flatMap(([, { environment = {} }]) => Object.entries(environment).flatMap(([name, value]) => (value === null ? [name] : [])))
    const [, table = ''] = /\n\| variable \| \|\n(.*?)\n\n/s.exec(readFileSync(join(root, 'deploy/README.md'), 'utf8')) ?? []
    const told = table.split('\n').flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([A-Z_]+)=?`/g)].map(([, name = '']) => name))
    // Compose's own.
    expect(new Set(told.filter((name) => name !== 'COMPOSE_PROFILES'))).toEqual(new Set([...written, ...handedOn]))
  })

  it('names each volume that is used, and no other; what only one may write is read-only elsewhere', () => {
    const mounts = all.flatMap(([name, { volumes: mounted = [] }]) => mounted.filter((one) => !one.startsWith('.')).map((one) => ({ name, volume: one.split(':')[0] ?? '', writes: !one.endsWith(':ro') })))
    expect([...new Set(mounts.map(({ volume }) => volume))].toSorted()).toEqual(Object.keys(volumes).toSorted())
    for (const volume of Object.keys(volumes)) expect(mounts.filter((mount) => mount.volume === volume && mount.writes), volume).toHaveLength(1)
  })

  it('ships the access logs of all who write one, of all of their files', () => {
    const { inputs } = parse(readFileSync(join(root, 'deploy/log-shipper/inputs.yaml'), 'utf8')) as { inputs: { service: string; paths: string[] }[] }
    const writers = all.filter(([, { volumes: mounted = [] }]) => mounted.some((one) => one.endsWith('-logs:/logs'))).map(([name]) => name)
    expect(inputs.map(({ service }) => service).toSorted()).toEqual(writers.toSorted())
    for (const { service, paths } of inputs) {
      const file = `/logs/${service}/${service}.access.json`
      expect(paths).toEqual([file, `${file}.1`])
      expect(services['log-ship']?.volumes).toContain(`${service}-logs:/logs/${service}:ro`)
    }
  })
})
