import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FraudDecision, fraudDecisions, uuidv7 } from '@swipestream/contracts'
import { eventually, type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parseCompose } from '../test/compose-file.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(join(root, 'docs/add-a-service.md'), 'utf8')
const app = 'apps/review-desk'

interface Block {
  readonly language: string
  readonly text: string
  /** The last file that the page named before it. */
  readonly file: string
}

const blocks: Block[] = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: text = '', index }) => {
  const named = [...page.slice(0, index).matchAll(/`([\w./-]+\.(?:json|ts|avsc|yml))`/g)].at(-1)
  return { language, text, file: named?.[1] ?? '' }
})

/** A copy of what the page is about; what it needs of packages is the repository's. */
let workspace: string
let backbone: TestBackbone

beforeAll(async () => {
  backbone = await testBackbone()
  workspace = mkdtempSync(join(root, '.stack', 'add-a-service-'))
  const inside = (file: string): string => join(workspace, file)
  for (const file of ['package.json', 'tsconfig.base.json', 'tsconfig.json', 'vitest.config.ts', ...globSync('libs/*/{src,schemas,dist,package.json,tsconfig.json}', { cwd: root })]) {
    // Times decide what must be built again.
    cpSync(join(root, file), inside(file), { recursive: true, preserveTimestamps: true })
  }
  mkdirSync(inside('node_modules/@swipestream'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules'))) if (name !== '@swipestream') symlinkSync(join(root, 'node_modules', name), inside(`node_modules/${name}`))
  for (const name of readdirSync(inside('libs'))) symlinkSync(`../../libs/${name}`, inside(`node_modules/@swipestream/${name}`))

  for (const { language, text, file } of blocks) {
    if (language === 'diff') writeFileSync(inside(file), patched(readFileSync(inside(file), 'utf8'), text, file))
    else if (language === 'ts' || (language === 'json' && file !== '')) {
      mkdirSync(dirname(inside(file)), { recursive: true })
      writeFileSync(inside(file), text)
    }
  }
}, 120_000)
afterAll(async () => {
  await backbone?.close()
  if (workspace) rmSync(workspace, { recursive: true })
})

/** @throws Error when the lines that a diff builds on are not there: the page is older than the file */
function patched(text: string, diff: string, file: string): string {
  const lines = diff.trimEnd().split('\n')
  const side = (mark: '-' | '+'): string => lines.filter((line) => line[0] === ' ' || line[0] === mark).map((line) => `${line.slice(1)}\n`).join('')
  if (text.split(side('-')).length !== 2) throw new Error(`${file} has these lines not just once:\n${side('-')}`)
  return text.replace(side('-'), () => side('+'))
}

/** As a reader's shell runs it, but that the workspace is built already where a script would build everything. */
function run(command: string): string {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const direct = command.replace(/^npm run (\w+) --/, (_, name: string) => scripts[name]?.replace('node scripts/setup.mjs && ', '') ?? '').replace(/^npx /, 'node_modules/.bin/')
  return execFileSync('bash', ['--noprofile', '--norc', '-euc', direct], { cwd: workspace, env: { ...process.env, ...backbone.env }, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 })
}

const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.trimEnd().split('\n'))

const decision = (outcome: FraudDecision['outcome']): FraudDecision => ({
  transaction_id: uuidv7(), card_id: 'c1', outcome, score: 600, reasons: [], rule_versions: {}, input_topic: 'transactions_log', input_partition: 0, input_offset: 0,
  occurred_at: 1_000, decided_at: 2_000, event_order: 'in_order', taken: null, model: null, features_hash: null, shadow_rules: null,
})

describe('docs/add-a-service.md', () => {
  it('makes a service that builds, is tested, and makes a case of a decision, by its own commands', async () => {
    const start = commands.findIndex((command) => command.includes(`${app}/dist/main.js`))
    for (const command of commands.slice(0, start)) run(command)

    const service = spawn('node_modules/.bin/node', (commands[start] ?? '').split(' ').slice(2), { cwd: workspace, env: { ...process.env, ...backbone.env, HTTP_PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] })
    let log = ''
    for (const stream of [service.stdout, service.stderr]) stream.on('data', (chunk) => (log += String(chunk)))
    onTestFinished(async () => {
      if (service.exitCode !== null) return
      const ended = once(service, 'close')
      service.kill('SIGTERM')
      await ended
    })

    const reviewed = decision('review')
    await backbone.publish([fraudDecisions.event(decision('approve')), fraudDecisions.event(reviewed)])
    await eventually(async () => {
      if (service.exitCode !== null) throw new Error(log)
      return (await backbone.records({ name: 'review_cases' })).length > 0
    }, { timeoutMs: 60_000 })

    const { records } = JSON.parse(run(`${commands.at(-1)} --reveal --json`).trimEnd().split('\n').at(-1) ?? '') as { records: object[] }
    expect(records).toMatchObject([{ key: 'c1', value: { transaction_id: reviewed.transaction_id, card_id: 'c1', score: 600, due_at: 14_402_000 } }])
  })

  it('writes a schema that keeps the rules of contracts', () => {
    expect(run('npm run contracts -- check')).toMatch(/not released as they are now: review-case\n.* 0 broken promises/)
  })

  it('has an entry for docker compose that fits the file', () => {
    const entry = blocks.find(({ language }) => language === 'yaml')?.text ?? ''
    const file = readFileSync(join(root, 'docker-compose.yml'), 'utf8')
    const { services } = parseCompose(file.replace(/^  transactions-api:$/m, () => `${entry}\n  transactions-api:`))
    expect(Object.keys(services['review-desk'] ?? {}).sort()).toEqual(Object.keys(services['fraud-service'] ?? {}).filter((key) => !['ports', 'volumes'].includes(key)).sort())
  })
})
