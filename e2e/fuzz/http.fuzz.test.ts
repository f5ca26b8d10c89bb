import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fuzz, type Fuzzed, schemathesis } from './schemathesis.js'
import { apis, apiKey, type RunningServices, startServices, surfaces } from './services.js'

const fileOf = (name: string): string => fileURLToPath(new URL(`../../docs/contracts/openapi/${name}.json`, import.meta.url))

let services: RunningServices
let program: string

beforeAll(async () => {
  program = await schemathesis()
  services = await startServices()
})
afterAll(() => services?.stop())

/** @param least requests, so that a run which sends nothing is not taken for one that finds nothing */
function expectAsDescribed({ cases, faults }: Fuzzed, least: number): void {
  expect(faults ?? '').toBe('')
  expect(cases).toBeGreaterThan(least)
}

describe.each(apis)('the API of %s', (service) => {
  it('is described by docs/contracts/openapi', async () => {
    const served: unknown = await (await fetch(`${services.urls[service]}/docs/json`)).json()
    expect(served).toEqual(JSON.parse(readFileSync(fileOf(service), 'utf8')))
  })

  it('answers as it is described, whatever is asked with a key', async () => {
    const credentials = { API_KEY: apiKey, CUSTOMER_TOKEN: await services.customerToken() }
    // A stream that does not end is no answer to hold against a schema; without a token it is one.
    expectAsDescribed(await fuzz(program, { document: fileOf(service), url: services.urls[service], credentials, without: ['/v1/inbox/stream'] }), 100)
  })

  it('answers as it is described, whatever is asked without one', async () => {
    expectAsDescribed(await fuzz(program, { document: fileOf(service), url: services.urls[service], credentials: null }), 100)
  })
})

describe.each(surfaces)('health and metrics of %s', (service) => {
  it('are as they are described', async () => {
    expectAsDescribed(await fuzz(program, { document: fileOf('operations'), url: services.urls[service], credentials: null, mayBeAway: true }), 2)
  })
})
