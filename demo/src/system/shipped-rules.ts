import { fileURLToPath } from 'node:url'
import type { Stack } from '@swipestream/stack'

const root = new URL('../../../', import.meta.url)
const path = (name: string): string => fileURLToPath(new URL(name, root))

/**
 * Puts the shipped rules, as a deployment does: fraud-service decides nothing before there is one.
 *
 * @throws Error when they are refused; the log says why
 */
export async function putShippedRules(stack: Stack, env: Readonly<Record<string, string>>): Promise<void> {
  const log = `${stack.dir}/rules.log`
  const put = await stack.spawnGuarded(process.execPath, [path('apps/fraud-service/dist/cli/rules.js'), 'put', path('deploy/rules'), '--new-only', '--by', 'npm start'], { log, env })
  const { code } = await put.exited
  if (code !== 0) throw new Error(`The shipped rules could not be put: see ${log}`)
}
