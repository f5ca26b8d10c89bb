import { userInfo } from 'node:os'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { CodedError, toError } from '@swipestream/platform'

/** Where a command writes: standard output and standard error, a line at a time. */
export interface Output {
  out(line: string): void
  err(line: string): void
}

/** A wrong use of a command: its message goes to the person, and the exit code is 2. */
export class UsageError extends Error {}

/** A promise that does not hold. */
export interface Broken {
  readonly rule: string
  readonly message: string
}

/** What a command has done. */
export interface Outcome {
  /** For people. */
  readonly lines: readonly string[]
  /** For programs; the exit code is 0 when nothing is broken. */
  readonly json: Readonly<Record<string, unknown>> & { readonly broken: readonly Broken[] }
}

type Options = NonNullable<ParseArgsConfig['options']>
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values']

/** A command line: `npm run <script> -- <command> [names] [options]`. */
export interface CommandLine<O extends Options> {
  readonly script: string
  readonly help: string
  /** Beside --json and --help. */
  readonly options: O
  /** @param progress told a line at a time, to standard error @throws UsageError, CodedError */
  perform(command: string, names: readonly string[], values: Values<O>, progress: (line: string) => void): Promise<Outcome>
}

const common = { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const

/** Runs the command that the arguments ask for; the exit code: 0 every promise holds, 1 one is broken, 2 wrong use. */
export async function runCommand<O extends Options>(line: CommandLine<O>, args: readonly string[], { out, err }: Output): Promise<number> {
  let json = false
  let command: string | undefined
  try {
    const { own, values, positionals } = parsed(line.options, args)
    if (own.help) {
      out(line.help)
      return 0
    }
    json = own.json
    const [first, ...names] = positionals
    if (first === undefined) throw new UsageError('a command is missing')
    command = first
    const outcome = await line.perform(command, names, values, err)
    for (const text of outcome.lines) (json ? err : out)(text)
    if (json) out(JSON.stringify({ command, ...outcome.json }))
    return outcome.json.broken.length === 0 ? 0 : 1
  } catch (thrown) {
    const { message } = toError(thrown)
    const code = thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : `${line.script.toUpperCase()}_FAILED`
    const wrongUse = thrown instanceof UsageError || (thrown instanceof CodedError && code === 'CONFIG_INVALID')
    err(wrongUse ? `${message}\n(npm run ${line.script} -- --help tells what it needs)` : `${code}: ${message}`)
    if (json && !wrongUse) out(JSON.stringify({ command, broken: [{ rule: code, message }] }))
    return wrongUse ? 2 : 1
  }
}

/** @throws UsageError */
function parsed<O extends Options>(options: O, args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { ...options, ...common } })
    // TypeScript does not see through a spread of what it does not know.
    return { own: values as Values<typeof common>, values: values as Values<O>, positionals }
  } catch (error) {
    throw new UsageError(toError(error).message)
  }
}

/**
 * Refuses options that a command does not take.
 *
 * @param options of all its sisters
 * @param own those it takes
 * @throws UsageError
 */
export function refuseStray(command: string, values: object, options: object, own: readonly string[]): void {
  const stray = Object.keys(options).filter((option) => option in values && !own.includes(option))
  if (stray.length > 0) throw new UsageError(`${command} takes no ${stray.map((option) => `--${option}`).join(', ')}`)
}

/** @throws UsageError */
export function wholeNumber(option: string, text: string, max = 1_000_000_000): number {
  if (!/^[1-9]\d*$/.test(text) || Number(text) > max) throw new UsageError(`${option} takes a whole number from 1 to ${max}, not ${text}`)
  return Number(text)
}

/** Who gives a command: as `--by` says, or the system's user. @throws UsageError */
export function userName(by: string | undefined): string {
  const name = by ?? systemUser()
  if (!/^[^\p{C}]{1,100}$/u.test(name)) throw new UsageError('--by takes a name of 1 to 100 characters')
  return name
}

function systemUser(): string {
  try {
    return userInfo().username
  } catch (error) {
    throw new UsageError(`--by is missing, and the system has no name for its user: ${toError(error).message}`)
  }
}
