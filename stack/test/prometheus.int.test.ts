import { execFile } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PackagesMissing, unpacked } from '@swipestream/stack'
import { beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const directory = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url))
/** A busy machine computes slowly. */
const unhurried = 300_000

/** Prometheus' own tool; null where it cannot be had. */
let promtool: string | null = null
beforeAll(async () => {
  try {
    promtool = join((await unpacked('prometheus', ['prometheus'])).root, 'usr/bin/promtool')
  } catch (error) {
    if (!(error instanceof PackagesMissing)) throw error
    console.log(`left out: ${error.message}`)
  }
}, unhurried)

/** @throws Error with what it said when it is not content */
async function say(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(promtool ?? '', args, { cwd: directory })
  return stdout + stderr
}

describe('what Prometheus is given', () => {
  it('is a configuration with rules, by its own account', { timeout: unhurried }, async (context) => {
    if (promtool === null) return context.skip()
    expect(await say('check', 'config', 'prometheus.yml')).toContain('2 rule files found')
  })

  it('alerts when it should, and not else', { timeout: unhurried }, async (context) => {
    if (promtool === null) return context.skip()
    const files = globSync('tests/*.yml', { cwd: directory })
    const said = await say('test', 'rules', ...files)
    expect(said.match(/SUCCESS/g)).toHaveLength(files.length)
  })
})

describe('what Grafana asks Prometheus', () => {
  it('is PromQL, by its own account', async (context) => {
    if (promtool === null) return context.skip()
    const files = globSync('../grafana/dashboards/*.json', { cwd: directory })
    const queries = files.flatMap((file) => {
      const { panels } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as { panels: { targets: { expr: string }[] }[] }
      return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', '.+')))
    })
    // Rules are YAML, of which JSON is a part.
    const rules = queries.map((expr, i) => ({ record: `panel:query:${i}`, expr }))
    const folder = mkdtempSync(join(tmpdir(), 'queries-'))
    try {
      writeFileSync(join(folder, 'queries.json'), JSON.stringify({ groups: [{ name: 'panels', rules }] }))
      expect(await say('check', 'rules', join(folder, 'queries.json'))).toContain(`${queries.length} rules found`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
