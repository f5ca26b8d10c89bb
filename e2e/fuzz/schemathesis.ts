import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pythonPrograms } from '@swipestream/stack'

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))
const ndjson = fileURLToPath(new URL('ndjson.py', import.meta.url))

/** Schemathesis, installed beside the stack's servers, once. @throws Error when python3, pip or a package index lacks */
export async function schemathesis(): Promise<string> {
  return join(await pythonPrograms('schemathesis', requirements, () => console.log('Installing schemathesis (95 MB, once)')), 'schemathesis')
}

export interface FuzzOptions {
  /** The OpenAPI document: an address, or a file. */
  readonly document: string
  /** Where the service is. */
  readonly url: string
  /** With what to authenticate, as schemathesis.toml names it; null: with nothing. */
  readonly credentials: Readonly<Record<'API_KEY' | 'CUSTOMER_TOKEN', string>> | null
  /** Paths to leave out. */
  readonly without?: readonly string[]
  /** Whether 503 is an answer as good as any: of a service that tells that something is away. */
  readonly mayBeAway?: boolean
}

/** By the names of the documents' security schemes. */
const authentication = `
[auth.openapi.bearer]
bearer = "\${API_KEY}"
[auth.openapi.customer]
bearer = "\${CUSTOMER_TOKEN}"
`

/** Each line of a batch is taken or refused by itself, in an answer that is 200 as a whole. */
const linesByThemselves = `
[[operations]]
include-path = "/v1/transactions/batch"
checks.negative_data_rejection.enabled = false
`

const away = `
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", 503]
`

/** What became of a run. */
export interface Fuzzed {
  /** Requests made. */
  readonly cases: number
  /** Null when every answer was as described; else what was found, for people. */
  readonly faults: string | null
}

/**
 * What is not held: that a method of which the document does not speak gets 405 (it gets 404), and that all that a schema
 * allows is taken (a rule's expression, a check digit, a version that is no longer the newest cannot be said in one).
 */
const notHeld = ['unsupported_method', 'positive_data_acceptance']

/**
 * Sends a service what its document allows, and what it does not, and holds the answers against the document: no 5xx that
 * is not described, no status, content type, header or body that is not.
 *
 * The same requests for the same FUZZ_SEED (1), FUZZ_EXAMPLES (15) of each operation beside those of every boundary.
 */
export async function fuzz(program: string, { document, url, credentials, without = [], mayBeAway = false }: FuzzOptions): Promise<Fuzzed> {
  const directory = await mkdtemp(join(tmpdir(), 'schemathesis-'))
  const config = join(directory, 'schemathesis.toml')
  await writeFile(config, `${credentials === null ? '' : authentication}${mayBeAway ? away : ''}${linesByThemselves}`)
  const args = [
    '--config-file', config, 'run', document, '--url', url,
    '--seed', process.env['FUZZ_SEED'] ?? '1', '--max-examples', process.env['FUZZ_EXAMPLES'] ?? '15',
    '--phases', 'examples,coverage,fuzzing', '--exclude-checks', notHeld.join(','), '--continue-on-failure',
    '--request-timeout', '60', '--suppress-health-check', 'all', '--warnings', 'off',
    ...without.flatMap((path) => ['--exclude-path', path]),
  ]
  try {
    const child = spawn(program, args, { cwd: directory, env: { PATH: process.env['PATH'], HOME: directory, NO_COLOR: '1', COLUMNS: '160', SCHEMATHESIS_HOOKS: ndjson, PYTHONDONTWRITEBYTECODE: '1', ...credentials }, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    const [code] = (await once(child, 'close')) as [number | null]
    const output = Buffer.concat(chunks).toString()
    return { cases: Number(/(\d+) generated/.exec(output)?.[1] ?? 0), faults: code === 0 ? null : output }
  } finally {
    await rm(directory, { recursive: true })
  }
}
