import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { isAbsolute, resolve } from 'node:path'
import { CodedError, toError } from '@swipestream/platform'
import { parse } from 'yaml'
import { z } from 'zod'
import type { LogInput, ShipOptions } from './app/ship/input.js'
import { LogError } from './errors.js'
import { encodings } from './files/text-decoder.js'

const milliseconds = (min: number, max: number, preset: number) => z.coerce.number().int().min(min).max(max).default(preset)

const kinds = ['tokens', 'cards', 'emails'] as const
const isKind = (name: string): name is (typeof kinds)[number] => (kinds as readonly string[]).includes(name)

const formatName = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, { error: 'may hold lower-case letters, digits, dots, dashes and underscores' })
const serviceName = z.string().min(1).max(200)
/** Three bytes of UTF-8 a character at the most, and what goes with an entry: a broker takes 1 MiB. */
const mostLineBytes = 300_000

/** The part of the environment that the role `ship` reads. */
export const shipConfig = {
  LOG_CONFIG: z.string().optional().describe('a file that says which logs to ship, in YAML or JSON; leave it out to name them by LOG_PATHS'),
  LOG_PATHS: z
    .string()
    .optional()
    .transform((text) => text?.split(',').map((path) => path.trim()).filter(Boolean))
    .describe('the files to ship, patterns separated by commas, e.g. /var/log/nginx/*.log; LOG_CONFIG names more than one kind'),
  LOG_SERVICE: serviceName.optional().describe('the service that writes the files of LOG_PATHS'),
  LOG_FORMAT: formatName.default('auto').describe('how the files of LOG_PATHS are to be read, such as nginx.access; auto to find out by each entry'),
  LOG_ENCODING: z.enum(encodings).default('utf-8').describe('how the files of LOG_PATHS are encoded'),
  LOG_STATE_DIR: z.string().optional().describe('a directory of its own on a disk that stays, where is remembered how far files were shipped'),
  LOG_HOST: z.string().min(1).max(255).optional().describe("the name of this machine in entries; the system's when left out"),
  LOG_REDACT: z
    .string()
    .default(kinds.join(','))
    .transform((text) => (text === 'none' ? [] : text.split(',').map((name) => name.trim())))
    .refine((names) => names.every(isKind), { error: `must be none, or some of ${kinds.join(', ')}` })
    .describe(`what is replaced before an entry leaves the machine: ${kinds.join(', ')}, separated by commas; none to ship all as it is`),
  LOG_MAX_LINE_BYTES: z.coerce.number().int().min(64).max(mostLineBytes).default(256 * 1024).describe('bytes that are kept of an entry; its end beyond is left out, and that is said in it'),
  LOG_BATCH_BYTES: z.coerce.number().int().min(16_384).max(64 * 1024 * 1024).default(850_000).describe('bytes that are sent together, about; two such batches are held at a time'),
  LOG_POLL_MS: milliseconds(10, 60_000, 200).describe('how often a file without news is looked at, in milliseconds'),
  LOG_SCAN_MS: milliseconds(10, 3_600_000, 1_000).describe('how often the patterns are looked up, in milliseconds'),
  LOG_PARTIAL_MS: milliseconds(100, 86_400_000, 10_000).describe('after how long a last line without its end is shipped as it is, in milliseconds'),
  LOG_ROTATED_MS: milliseconds(100, 86_400_000, 60_000).describe('how long a file that was renamed out of the patterns, or deleted, is held after it last grew, in milliseconds'),
  LOG_CHECKPOINT_MS: milliseconds(10, 600_000, 1_000).describe('how often it is remembered how far files were shipped, in milliseconds'),
}

export type ShipConfig = Readonly<z.output<z.ZodObject<typeof shipConfig>>>

const absolute = z.string().refine(isAbsolute, { error: 'must be an absolute path or pattern' })

const expression = z.string().transform((source, context) => {
  try {
    return new RegExp(source)
  } catch (error) {
    context.addIssue({ code: 'custom', message: `is no regular expression: ${toError(error).message}` })
    return z.NEVER
  }
})

const multiline = z
  .strictObject({
    start: expression.optional().describe('lines that match begin an entry, others go on with it'),
    continuation: expression.optional().describe('lines that match go on with the entry before'),
    timeout_ms: milliseconds(10, 600_000, 2_000),
    max_lines: z.int().min(2).max(100_000).default(500),
  })
  .refine(({ start, continuation }) => (start === undefined) !== (continuation === undefined), { error: 'must have either start or continuation' })

/** What LOG_CONFIG names. */
const inputsFile = z.strictObject({
  inputs: z
    .array(
      z.strictObject({
        name: z.string().min(1).optional(),
        paths: z.array(absolute).min(1),
        exclude: z.array(absolute).default([]),
        service: serviceName,
        format: formatName.default('auto'),
        encoding: z.enum(encodings).default('utf-8'),
        multiline: multiline.optional(),
      }),
    )
    .min(1),
})

/**
 * What is to be shipped, and how.
 *
 * @throws CodedError CONFIG_INVALID, LogError LOG_CONFIG_INVALID: naming each variable or field, and what it must be
 */
export function shipOptions(config: ShipConfig, once = false): ShipOptions & { readonly stateDirectory: string } {
  const inputs = config.LOG_CONFIG === undefined ? [inputOf(config)] : inputsOf(config.LOG_CONFIG)
  return {
    host: config.LOG_HOST ?? hostname(),
    inputs,
    redaction: { tokens: config.LOG_REDACT.includes('tokens'), cards: config.LOG_REDACT.includes('cards'), emails: config.LOG_REDACT.includes('emails') },
    maxLineBytes: config.LOG_MAX_LINE_BYTES,
    batchBytes: config.LOG_BATCH_BYTES,
    pollMs: config.LOG_POLL_MS,
    scanMs: config.LOG_SCAN_MS,
    partialMs: config.LOG_PARTIAL_MS,
    rotatedMs: config.LOG_ROTATED_MS,
    checkpointMs: config.LOG_CHECKPOINT_MS,
    once,
    stateDirectory: stateDirectory(config),
  }
}

/** @throws CodedError CONFIG_INVALID */
export function stateDirectory({ LOG_STATE_DIR }: Pick<ShipConfig, 'LOG_STATE_DIR'>): string {
  return resolve(LOG_STATE_DIR ?? missing('LOG_STATE_DIR', shipConfig.LOG_STATE_DIR))
}

function inputOf({ LOG_PATHS, LOG_SERVICE, LOG_FORMAT: format, LOG_ENCODING: encoding }: ShipConfig): LogInput {
  const paths = (LOG_PATHS ?? missing('LOG_PATHS', shipConfig.LOG_PATHS)).map((path) => resolve(path))
  const service = LOG_SERVICE ?? missing('LOG_SERVICE', shipConfig.LOG_SERVICE)
  return { name: nameOf(service, paths), paths, exclude: [], service, format, encoding, multiline: null }
}

function inputsOf(path: string): LogInput[] {
  let found: unknown
  try {
    found = parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new LogError('LOG_CONFIG_INVALID', `LOG_CONFIG ${path} cannot be read: ${toError(cause).message}`, { cause })
  }
  const parsed = inputsFile.safeParse(found)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'the file'}: ${issue.message}`)
    throw new LogError('LOG_CONFIG_INVALID', [`LOG_CONFIG ${path} is not valid:`, ...problems].join('\n'))
  }
  const inputs = parsed.data.inputs.map(({ name, multiline: rule, ...input }): LogInput => ({ ...input, name: name ?? nameOf(input.service, input.paths), multiline: rule === undefined ? null : ruleOf(rule) }))
  const names = inputs.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new LogError('LOG_CONFIG_INVALID', `LOG_CONFIG ${path} is not valid:\n  inputs: two are named ${twice}; give each a name of its own`)
  return inputs
}

function ruleOf({ start, continuation, timeout_ms: timeoutMs, max_lines: maxLines }: z.output<typeof multiline>): NonNullable<LogInput['multiline']> {
  return start === undefined ? { kind: 'continuation', pattern: continuation as RegExp, timeoutMs, maxLines } : { kind: 'start', pattern: start, timeoutMs, maxLines }
}

function nameOf(service: string, paths: readonly string[]): string {
  return `${service}:${paths[0]}`
}

function missing(name: string, schema: z.ZodType): never {
  throw new CodedError('CONFIG_INVALID', 'fatal', `The configuration is not valid. Set these environment variables:\n  ${name} is missing: ${schema.description}`)
}
