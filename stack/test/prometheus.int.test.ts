import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
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
