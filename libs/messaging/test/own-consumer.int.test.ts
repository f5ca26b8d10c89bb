import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FraudDecision, fraudDecisions, fraudFeedback, uuidv7 } from '@swipestream/contracts'
import { eventually, testBackbone } from '@swipestream/messaging/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const page = readFileSync(join(root, 'docs/write-your-own-consumer.md'), 'utf8')
/** Where the page puts it. */
const place = 'apps/decline-watch'
const [code = ''] = blocksOf('ts')
const commands = blocksOf('sh').at(-1) ?? ''

function blocksOf(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block)
}

function decision(outcome: FraudDecision['outcome']): FraudDecision {
  return {
    transaction_id: uuidv7(), card_id: 'c1', outcome, score: 900, reasons: [], rule_versions: {},
    input_topic: 'transactions_log', input_partition: 0, input_offset: 0, occurred_at: 1_000, decided_at: 2_000, event_order: 'in_order', taken: null, model: null, features_hash: null, shadow_rules: null,
  }
}

/** A folder as deep as the page's, so that the paths in the page's files lead where they say; git and the tools do not look into it. */
function folder(): string {
  mkdirSync(join(root, '.stack'), { recursive: true })
  const made = mkdtempSync(join(root, '.stack', 'own-consumer-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

/** Runs the page's commands on some code; their output, and how they ended. */
function runPage(source: string, env: Readonly<Record<string, string>> = {}): { output: () => string; ended: Promise<number | null> } {
  const made = folder()
  mkdirSync(join(made, 'src'))
  writeFileSync(join(made, 'src/main.ts'), source)
  // The servers are those of the test.
  const script = commands.replace('. /tmp/stack.env\n', '').replaceAll(place, relative(root, made))
  // In a process group of its own, so that it ends with all that it has started.
  const child = spawn('bash', ['-e', '-c', script], { cwd: root, env: { ...process.env, ...env }, detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const ended = once(child, 'close').then(([status]) => status as number | null)
  onTestFinished(async () => {
    if (child.exitCode === null) process.kill(-Number(child.pid), 'SIGKILL')
    await ended
  })
  return { output: () => output, ended }
}

describe('docs/write-your-own-consumer.md', () => {
  it('keeps its promise of ten lines', () => {
    const lines = code.split('\n').filter((line) => line !== '' && !line.startsWith('import ') && !/^\s*\}\)?$/.test(line))
    expect(lines).toHaveLength(10)
  })

  it('names the place that its code and its commands are for', () => {
    expect(page).toContain(`\`${place}/src/main.ts\``)
    expect(commands).toContain(`${place}/dist/main.js`)
  })

  it('has code and commands that run: each declined transaction is answered once, on its trace', async () => {
    const backbone = await testBackbone()
    onTestFinished(() => backbone.close())
    const { output, ended } = runPage(code, backbone.env)
    let over = false
    void ended.then(() => (over = true))
    const declined = decision('decline')
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await backbone.publish([fraudDecisions.event(decision('approve')), fraudDecisions.event(declined, { traceparent }), fraudDecisions.event(decision('review'))])
    const answers = await eventually(
      async () => {
        if (over) return []
        const found = await backbone.received(fraudFeedback)
        return found.length > 0 && found
      },
      { timeoutMs: 50_000, intervalMs: 200 },
    )
    expect(answers, output()).toHaveLength(1)
    expect(answers[0]).toMatchObject({
      key: 'c1',
      value: { feedback_id: declined.transaction_id, verdict: 'confirmed_fraud', actor: 'decline-watch', given_at: 2_000 },
      headers: { 'produced-by': 'decline-watch', 'message-id': expect.stringMatching(/fraud_decisions-\d-1-0$/) },
    })
    expect(answers[0]?.headers['traceparent']).toContain('0af7651916cd43dd8448eb211c80319c')
  })

  it('has types that are checked: a handler of another topic\'s values does not compile', async () => {
    const { output, ended } = runPage(code.replace('@Consume(fraudDecisions)', '@Consume(fraudFeedback)'))
    expect(await ended).not.toBe(0)
    expect(output()).toMatch(/main\.ts\(\d+,\d+\): error TS/)
  })
})
