import { type Output, runCommand, UsageError } from '@swipestream/messaging'
import { loadConfig } from '@swipestream/platform'
import { CustomerTokens, longestTokenSeconds } from '../../app/customer-tokens.js'
import { configSchema } from '../../config.js'
import { oneName } from './one-name.js'

/** What it does, in the list of commands. */
export const summary = "print a customer's token, to try the inbox by hand"

const help = `Usage: npm run notify -- token CUSTOMER_ID [--json]

Prints a token of the customer for /v1/inbox, good for ${longestTokenSeconds / 60} minutes: what the bank's login makes, for trying
the inbox by hand. Whoever has it reads the customer's messages, and answers for them.

  --json           print one JSON object as the last line
  --help           print this

Reads CUSTOMER_TOKEN_KEYS from the environment, as the service has it.

Exit code: 0 it is printed, 1 it could not be made, 2 wrong use.`

/** Runs `notify token`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand({ script: 'notify', help, options: {}, perform: (_, names) => perform(names, env) }, ['token', ...args], output)
}

async function perform(names: readonly string[], env: NodeJS.ProcessEnv) {
  const customerId = oneName('token', names, "customer's id")
  if (customerId === '') throw new UsageError("token takes one customer's id")
  const tokens = new CustomerTokens(loadConfig(configSchema.pick({ CUSTOMER_TOKEN_KEYS: true }), env))
  const now = Date.now()
  const token = await tokens.issue(customerId, now)
  const expiresAt = new Date(Math.floor(now / 1_000 + longestTokenSeconds) * 1_000).toISOString()
  return { lines: [token], json: { customer_id: customerId, token, expires_at: expiresAt, broken: [] } }
}
