import { parseArgs } from 'node:util'
import { ContractError } from '../errors.js'
import { check, docs, generate, type Outcome, register, release } from './commands.js'
import { registerConfig, UsageError } from './config.js'

const help = `Usage: npm run contracts -- COMMAND [--json]

  check            hold the schemas against the house rules, every released version, their
                   locked files and the generated types; needs no registry
  generate         write the TypeScript types of the newest schemas
  docs             write docs/contracts/: the AsyncAPI document and the page of all topics
  release [NAME…]  freeze schemas that changed as their next version, with golden fixtures
  register         register every version of every topic's schema, FULL_TRANSITIVE

  --json           print one JSON object as the last line; "broken" lists what does not hold
  --help           print this

register reads SCHEMA_REGISTRY_URL, SCHEMA_REGISTRY_USERNAME, SCHEMA_REGISTRY_PASSWORD and
KAFKA_NAMESPACE (a prefix of every subject) from the environment.

Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.`

async function outcomeOf(command: string | undefined, names: readonly string[]): Promise<Outcome> {
  if (command !== 'release' && names.length) throw new UsageError(`${command} takes no names: ${names.join(' ')}`)
  switch (command) {
    case 'check':
      return check()
    case 'generate':
      return generate()
    case 'docs':
      return docs()
    case 'release':
      return release(names)
    case 'register':
      return register(registerConfig())
    default:
      throw new UsageError(command === undefined ? 'a command is missing' : `no such command: ${command}`)
  }
}

/** Where a command writes: standard output and standard error, a line at a time. */
export interface Output {
  out(line: string): void
  err(line: string): void
}

/** Runs one command; the exit code. */
export async function run(args: readonly string[], { out, err }: Output): Promise<number> {
  let json = false
  try {
    const { values, positionals } = parse(args)
    if (values.help) {
      out(help)
      return 0
    }
    json = values.json
    const [command, ...names] = positionals
    const outcome = await outcomeOf(command, names)
    for (const line of outcome.lines) (json ? err : out)(line)
    if (json) out(JSON.stringify({ command, ...outcome.json }))
    return outcome.json.broken.length ? 1 : 0
  } catch (error) {
    if (error instanceof UsageError) {
      err(`${error.message}\n(npm run contracts -- --help tells the commands and what they need)`)
      return 2
    }
    const { message, code } = errorParts(error)
    err(`${code}: ${message}`)
    if (json) out(JSON.stringify({ broken: [{ rule: code, message }] }))
    return 1
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function errorParts(error: unknown): { message: string; code: string } {
  if (error instanceof ContractError) return { message: error.message, code: error.code }
  return { message: error instanceof Error ? error.message : String(error), code: 'CONTRACTS_FAILED' }
}
