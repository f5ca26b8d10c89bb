import { z } from 'zod'
import { CodedError } from './errors.js'
import { samplerNames } from './sampling.js'

/** Variables every service reads; spread it into the service's own schema: `z.object({ ...serviceConfig, … })`. */
export const serviceConfig = {
  ACCESS_LOG_DIR: z
    .string()
    .optional()
    .describe('a directory for access logs, one line a request, made where it is missing; leave it out to write none'),
  ACCESS_LOG_MAX_MIB: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_048_576)
    .optional()
    .describe('the size, in MiB, from which an access log is renamed to end in .1, in the place of what was renamed before; leave it out where somebody else rotates'),
  HTTP_HOST: z.string().default('127.0.0.1').describe('the address to listen on, e.g. 127.0.0.1 or 0.0.0.0'),
  HTTP_PORT: z.coerce.number().int().min(0).max(65535).default(0).describe('a port number, 0 for any free one'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('the least severe level to log'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('the base address of an OTLP collector, e.g. http://127.0.0.1:4318; leave it out to export no traces'),
  OTEL_TRACES_SAMPLER: z
    .enum(samplerNames)
    .default('parentbased_always_on')
    .describe('which traces are exported'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('the share of traces that the samplers of a ratio export, 0 to 1'),
}

/** The parsed values of {@link serviceConfig}. */
export type ServiceConfig = z.output<z.ZodObject<typeof serviceConfig>>

/**
 * Parses the environment once.
 *
 * A blank value counts as missing, so that `NAME=` in a compose file means "use the default". Only the variables the
 * schema names are read. All problems are reported together, each with the text of the variable's `.describe()` as the
 * fix. No value is ever printed: what a variable holds may be a secret, and what is wrong can be said without it.
 *
 * @returns the parsed values, frozen deeply
 * @throws CodedError CONFIG_INVALID (fatal), one line a variable: name, what is wrong, the fix
 */
export function loadConfig<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv): Readonly<z.output<S>> {
  const input: Record<string, string> = {}
  for (const name of Object.keys(schema.shape)) {
    const value = env[name]
    if (value !== undefined && value.trim() !== '') input[name] = value
  }
  // `reportInput` is off (the default), so that no issue carries the value.
  const parsed = schema.safeParse(input)
  if (parsed.success) return deepFreeze(parsed.data)

  const problems = new Map<string, string>()
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0] ?? 'configuration')
    if (!problems.has(name)) problems.set(name, `  ${name} ${problemOf(issue, name in input)}${fixOf(schema, name)}`)
  }
  const message = ['The configuration is not valid. Set these environment variables:', ...problems.values()].join('\n')
  throw new CodedError('CONFIG_INVALID', 'fatal', message)
}

function problemOf(issue: z.core.$ZodIssue, present: boolean): string {
  if (!present && issue.path.length > 0) return 'is missing'
  switch (issue.code) {
    case 'invalid_type':
      return `must be a ${issue.expected}`
    case 'invalid_format':
      return issue.format === 'regex' ? 'has the wrong form' : `must be a valid ${issue.format}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `is too small, at least ${issue.minimum}${issue.origin === 'string' ? ' characters are needed' : ''}`
    case 'too_big':
      return `is too big, at most ${issue.maximum}${issue.origin === 'string' ? ' characters are allowed' : ''}`
    case 'custom':
      // Written by the schema's author, who must not put the value in it.
      return issue.message
    default:
      return 'is not valid'
  }
}

function fixOf(schema: z.ZodObject, name: string): string {
  const field: unknown = schema.shape[name]
  const description = field instanceof z.ZodType ? field.description : undefined
  return description === undefined ? '' : `: ${description}`
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}
