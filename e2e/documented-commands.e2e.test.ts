import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { mariadbRunsHere } from '@swipestream/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Block, pagesThatAreRun, type Where } from './documented-commands/page.js'
import { blocksFor, runBlock, shellFor } from './documented-commands/run-page.js'
import type { Shell } from './documented-commands/shell.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** DOCUMENTED_SYSTEM names what is up already, in this folder: `npm start` or `docker compose`. */
const isUp = process.env['DOCUMENTED_SYSTEM'] as Where | undefined
if (isUp !== undefined && isUp !== 'npm start' && isUp !== 'docker compose') throw new Error(`DOCUMENTED_SYSTEM is “npm start” or “docker compose”, not “${String(isUp)}”`)
const where = isUp ?? 'npm start'

const given = ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'POSTGRES_URL', 'SMTP_URL', 'MAILBOX_URL', 'TWILIO_API_URL', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM', 'MYSQL_URL']
/** As a reader's terminals are: neither knows of the servers of other tests. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !given.includes(name)))

/** `npm start` in the reader's first terminal. */
let system: ChildProcess | undefined
let told = ''

beforeAll(async () => {
  if (isUp || !mariadbRunsHere) return
  system = spawn(process.execPath, ['--enable-source-maps', 'demo/dist/main.js'], { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] })
  system.stderr?.setEncoding('utf8').on('data', (text: string) => (told += text))
  for (const deadline = Date.now() + 280_000; !told.includes('Traffic goes on'); await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (system.exitCode !== null || Date.now() > deadline) throw new Error(`npm start did not come so far:\n${told}`)
  }
}, 300_000)
afterAll(() => ended(), 120_000)

/** Ctrl-C. @returns its exit code */
async function ended(): Promise<number | null | undefined> {
  if (system?.exitCode === null) {
    const closed = once(system, 'close')
    system.kill('SIGINT')
    await closed
  }
  return system?.exitCode
}

/** What a reader types stays in their shell while they read a page. */
const shells = new Map<string, Promise<Shell>>()
afterAll(async () => {
  for (const shell of shells.values()) await (await shell).close()
})

async function asWritten(block: Block): Promise<void> {
  const shell = shells.get(block.page) ?? shellFor(block.page, where, env)
  shells.set(block.page, shell)
  await runBlock(await shell, block)
}

const blocks = (phase: 'running' | 'ended') =>
  pagesThatAreRun().flatMap((page) => blocksFor(page, where, phase)).map((block) => [`${block.page}:${block.line}  ${block.text.split('\n')[0]}`, block] as const)

describe.skipIf(!mariadbRunsHere)(`while ${where} runs`, () => {
  it.each(blocks('running'))('%s', async (_, block) => {
    await asWritten(block)
  })
})

describe.skipIf(!mariadbRunsHere || isUp === 'npm start')('when it has ended', () => {
  it.skipIf(isUp)('ends in order on Ctrl-C', async () => {
    expect(await ended(), told).toBe(0)
  }, 120_000)

  it.each(blocks('ended'))('%s', async (_, block) => {
    await asWritten(block)
  })
})
