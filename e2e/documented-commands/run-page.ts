import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Block, commandsOf, type Where } from './page.js'
import { Shell } from './shell.js'
import { isAsShown } from './shown.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What a page shows may come a moment later: messages are sent, topics are read. Milliseconds. */
const patienceMs = 60_000
const lookMs = 500

/** Runs a block as its page says. @throws Error with page, line, and what is there in place of what the page shows */
export async function runBlock(shell: Shell, { page, line, text, run, shown }: Block): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ; await delay(lookMs)) {
    let output: string
    try {
      output = await shell.run(text, { mayFail: run?.untilAsShown ?? false })
    } catch (error) {
      throw new Error(`${page}:${line}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
    if (shown === null || isAsShown(output, shown)) return
    if (!run?.untilAsShown || Date.now() > deadline) throw new Error(`${page}:${line} shows\n${shown.text}\nbut this came:\n${output}\n${shell.complaints}`)
  }
}

/** The blocks of a page that a reader runs there, in order. */
export function blocksFor(page: string, where: Where, phase: 'running' | 'ended' | 'any' = 'any'): (Block & { readonly run: NonNullable<Block['run']> })[] {
  return commandsOf(page).flatMap((block) => {
    const { run } = block
    if (run === null || (run.only !== null && run.only !== where)) return []
    return phase === 'any' || run.afterTheEnd === (phase === 'ended') ? [{ ...block, run }] : []
  })
}

/** A shell as the reader of a page has it: who reads a runbook has read docs/runbooks/README.md. */
export async function shellFor(page: string, where: Where, env: NodeJS.ProcessEnv): Promise<Shell> {
  const shell = new Shell(root, env)
  if (page.startsWith('docs/runbooks/')) await shell.run(where === 'npm start' ? '. .stack/start.env' : '. deploy/compose.env')
  return shell
}

/**
 * Runs the commands of a page as its reader does, in the root of the repository, against a system that is up. With
 * docker compose, `env` names the project and its ports.
 *
 * @throws Error at the first block that fails, or whose output is not what the page shows
 */
export async function runPage(page: string, where: Where, env: NodeJS.ProcessEnv): Promise<void> {
  const shell = await shellFor(page, where, env)
  try {
    for (const block of blocksFor(page, where)) await runBlock(shell, block)
  } finally {
    await shell.close()
  }
}
