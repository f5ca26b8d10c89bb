import { beforeAll, describe, expect, it } from 'vitest'
import { billOfMaterials, inspect, inventory, type Inventory, pathsInLayers, runConfined } from './image.js'
import { composeProblem, ComposeProject } from './project.js'

const problem = await composeProblem()
if (problem !== undefined) console.log(`the images are not looked at: ${problem}`)

/** What an image may add to Node's, in MB of 10^6 bytes; those not named here: a service's. */
const bounds: Readonly<Record<string, number>> = { service: 130, 'etl-loader': 220, 'tools': 200 }
const nameOf = (image: string): string => image.replace(/^swipestream-(.*):.*$/, '$1')
const boundOf = (image: string): number => bounds[nameOf(image)] ?? (bounds['service'] as number)

/** What builds, tests and checks, and is in no image. */
const tools = ['typescript', 'vitest', 'nx', 'oxlint', 'testcontainers', 'fast-check', '@nestjs/testing', 'node']

describe.skipIf(problem !== undefined)('the images that docker compose builds', () => {
  let images: string[]
  const found = new Map<string, Inventory>()
  const each = (look: (image: string, inside: Inventory) => unknown): [string, unknown][] => [...found].map(([image, inside]) => [image, look(image, inside)])
  const all = (value: unknown): [string, unknown][] => images.map((image) => [image, value])

  beforeAll(async () => {
    const project = await ComposeProject.create()
    await project.compose('--profile', '*', 'build')
    const { services } = JSON.parse(await project.compose('--profile', '*', 'config', '--format', 'json')) as { services: Record<string, { image: string; build?: unknown }> }
    images = [...new Set(Object.values(services).flatMap(({ image, build }) => (build === undefined ? [] : [image])))].toSorted()
    for (const image of images) found.set(image, await inventory(image))
  })

  it('are those of all services and tools', () => {
    expect(images.map(nameOf)).toEqual(['etl-loader', 'fraud-service', 'log-shipper', 'notifier', 'tools', 'transactions-api', 'twilio-simulator'])
  })

  it('run as a user who is not root', async () => {
    for (const image of images) expect([image, (await inspect(image)).Config.User]).toEqual([image, 'node'])
    expect(each((_, { uid }) => uid > 0)).toEqual(all(true))
  })

  it('run on a file system that is read-only: without variables, a program ends because of these and of nothing else', async () => {
    for (const image of images) {
      const { code, said } = await runConfined(image)
      expect([image, said]).toEqual([image, expect.stringMatching(/configuration is not valid|TWILIO_ACCOUNT_SID: must be|^Usage: /)])
      expect([image, code]).toEqual([image, said.startsWith('Usage: ') ? 0 : 1])
    }
  })

  it('have nothing that only building and testing needs', () => {
    expect(each((_, { present }) => tools.filter((name) => `node_modules/${name}` in present))).toEqual(all([]))
    expect(each((_, { locked, present }) => Object.keys(present).filter((path) => locked[path]?.dev === true))).toEqual(all([]))
    expect(each((_, { files }) => files.filter((path) => /(?<!\.d)\.[cm]?ts$|\.test\.|\.tsbuildinfo$/.test(path)))).toEqual(all([]))
  })

  it('have no secret and no settings of npm, in no layer', async () => {
    const secret = /(^|\/)(\.npmrc|\.env|\.netrc|\.git|\.docker|id_rsa|id_ed25519)(\/|$)|^\/(run\/secrets|root\/\.npm)\/.|^\/app\/(?!.*node_modules\/).*\.(pem|key|p12|jks)$/
    expect((await pathsInLayers(images)).filter((path) => secret.test(path))).toEqual([])
    for (const image of images) expect([image, (await inspect(image)).Config.Env.filter((variable) => /^[^=]*(token|secret|password|key)[^=]*=/i.test(variable))]).toEqual([image, []])
  })

  it('know of every package that they hold its version, licence and checksum: a bill of materials names all', async () => {
    const ours = (path: string) => path.startsWith('node_modules/@swipestream/')
    expect(each((_, { locked, present }) => Object.entries(present).filter(([path, name]) => !ours(path) && (!name.endsWith(`@${locked[path]?.version}`) || locked[path]?.integrity === undefined)))).toEqual(all([]))
    for (const [image, { present }] of found) {
      const bill = new Set(await billOfMaterials(image))
      expect([image, Object.entries(present).filter(([path, name]) => !ours(path) && !bill.has(name))]).toEqual([image, []])
      console.log(`${image}: ${Object.keys(present).length} packages`)
    }
  })

  it('add no more to the image of Node than they may', async () => {
    const node = (await inspect('node:24-bookworm-slim')).Size
    const sizes = await Promise.all(images.map(async (image) => [image, ((await inspect(image)).Size - node) / 1e6] as const))
    console.log(`node:24-bookworm-slim ${(node / 1e6).toFixed(0)} MB\n${sizes.map(([image, size]) => `${image} + ${size.toFixed(0)} MB`).join('\n')}`)
    expect(sizes.filter(([image, size]) => size > boundOf(image))).toEqual([])
  })
})
