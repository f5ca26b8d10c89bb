import type { RestError } from '@confluentinc/schemaregistry/dist/rest-error.js'
import type { Compatibility } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js'
import type { AvroSchema } from './avro-schema.js'
import { ContractError } from './errors.js'

export type CompatibilityLevel = `${Compatibility}`

/**
 * What the system asks of a schema registry. Every method throws ContractError: REGISTRY_UNAVAILABLE (transient) or
 * REGISTRY_REFUSED (fatal), and the codes named at the method. Nothing is retried here: waiting is the caller's.
 */
export interface SchemaRegistry {
  /** The schema of an id; remembered for good, ids never change. Throws SCHEMA_UNKNOWN when there is none. */
  schemaById(id: number): Promise<AvroSchema>
  /** Id of a schema registered under a subject; remembered. Throws SCHEMA_NOT_REGISTERED when it is not there. */
  idOf(subject: string, schema: AvroSchema): Promise<number>
  /** Registers a schema, once: the same schema again gives the same id. Throws SCHEMA_INCOMPATIBLE. */
  register(subject: string, schema: AvroSchema): Promise<number>
  /** Why the subject's level forbids the schema as the next version; empty when it does not, or the subject is new. */
  checkCompatible(subject: string, schema: AvroSchema): Promise<string[]>
  setCompatibility(subject: string, level: CompatibilityLevel): Promise<void>
}

export interface RegistryOptions {
  /** Confluent's API: Apicurio has it at `/apis/ccompat/v7`. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** Milliseconds until an unanswered request counts as failed. */
  readonly timeoutMs?: number
}

/** Nothing is loaded or opened before the first request. */
export function connectRegistry({ url, username, password, timeoutMs = 5_000 }: RegistryOptions): SchemaRegistry {
  const config = {
    baseURLs: [url.replace(/\/+$/, '')],
    createAxiosDefaults: { timeout: timeoutMs },
    maxRetries: 0,
    ...(username === undefined ? {} : { basicAuthCredentials: { credentialsSource: 'USER_INFO' as const, userInfo: `${username}:${password ?? ''}` } }),
  }
  let connecting: ReturnType<typeof clientsFor> | undefined
  const clients = () => (connecting ??= clientsFor(config))
  const schemas = new Map<number, Promise<AvroSchema>>()
  const ids = new Map<string, Promise<number>>()

  async function ask<T>(request: () => Promise<T>, refusals: Partial<Record<number, (message: string, cause: RestError) => ContractError>> = {}): Promise<T> {
    try {
      return await request()
    } catch (cause) {
      if (isRestError(cause)) {
        // A 404 without the registry's own error code comes from something else at this address: no word about a schema.
        const refusal = cause.status === 404 && cause.errorCode < 0 ? undefined : refusals[cause.status]
        throw refusal?.(cause.message, cause) ?? refusalOf(cause, url)
      }
      throw new ContractError('REGISTRY_UNAVAILABLE', `the schema registry at ${withoutCredentials(url)} does not answer: ${reasonOf(cause)}`, { cause })
    }
  }

  return {
    schemaById(id) {
      return remembered(schemas, id, async () => {
        const { schema, schemaType } = await ask(async () => (await clients()).client.getBySubjectAndId('', id), {
          404: (message, cause) => new ContractError('SCHEMA_UNKNOWN', `the schema registry has no schema ${id}: ${message}`, { cause }),
        })
        if (schemaType !== undefined && schemaType !== 'AVRO') {
          throw new ContractError('SCHEMA_UNKNOWN', `schema ${id} is ${schemaType}, not Avro`)
        }
        return JSON.parse(schema) as AvroSchema
      })
    },

    idOf(subject, schema) {
      const text = JSON.stringify(schema)
      return remembered(ids, `${subject}\n${text}`, () =>
        ask(async () => (await clients()).client.getId(subject, { schemaType: 'AVRO', schema: text }), {
          404: (message, cause) => new ContractError('SCHEMA_NOT_REGISTERED', `${subject} is not registered as it is now: run \`npm run contracts -- register\` (${message})`, { cause }),
        }),
      )
    },

    register(subject, schema) {
      return ask(async () => (await clients()).client.register(subject, { schemaType: 'AVRO', schema: JSON.stringify(schema) }), {
        409: (message, cause) => new ContractError('SCHEMA_INCOMPATIBLE', `${subject} breaks with a registered version: ${message}`, { cause }),
        422: (message, cause) => invalid(subject, message, cause),
      })
    },

    async checkCompatible(subject, schema) {
      const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions?verbose=true`
      const body = { schemaType: 'AVRO', schema: JSON.stringify(schema) }
      const { data } = await ask(async () => (await clients()).rest.handleRequest<{ is_compatible: boolean; messages?: string[] }>(path, 'POST', body), {
        422: (message, cause) => invalid(subject, message, cause),
      })
      if (data.is_compatible) return []
      // Confluent's registry gives reasons, Apicurio none.
      return data.messages?.length ? data.messages : [`${subject} breaks with a registered version: see \`npm run contracts -- check\``]
    },

    async setCompatibility(subject, level) {
      await ask(async () => (await clients()).client.updateCompatibility(subject, level as Compatibility))
    },
  }
}

type ClientConfig = ConstructorParameters<typeof import('@confluentinc/schemaregistry/dist/schemaregistry-client.js').SchemaRegistryClient>[0]

/**
 * Loads the clients with the first request, and only these files of the package: its index also loads the key management
 * clients of three clouds (0.86 s and 88 MB, measured, instead of 0.1 s and 36 MB).
 */
async function clientsFor(config: ClientConfig) {
  const { SchemaRegistryClient } = await import('@confluentinc/schemaregistry/dist/schemaregistry-client.js')
  const { RestService } = await import('@confluentinc/schemaregistry/dist/rest-service.js')
  const { baseURLs, createAxiosDefaults, basicAuthCredentials, maxRetries } = config
  return {
    client: new SchemaRegistryClient(config),
    // For the one request whose answer the client cuts to a yes or no.
    rest: new RestService(baseURLs, undefined, createAxiosDefaults, basicAuthCredentials, undefined, maxRetries),
  }
}

/** An answer of the registry that is not a success; other errors mean that there was none. */
function isRestError(error: unknown): error is RestError {
  return error instanceof Error && 'status' in error && 'errorCode' in error
}

/** Keeps the answer, or the request under way; a failure is not kept. */
function remembered<K, V>(answers: Map<K, Promise<V>>, key: K, request: () => Promise<V>): Promise<V> {
  let answer = answers.get(key)
  if (answer === undefined) {
    answer = request()
    answers.set(key, answer)
    answer.catch(() => answers.delete(key))
  }
  return answer
}

function invalid(subject: string, message: string, cause: RestError): ContractError {
  return new ContractError('AVRO_SCHEMA_INVALID', `the registry takes ${subject} for invalid Avro: ${message}`, { cause })
}

function refusalOf(error: RestError, url: string): ContractError {
  const { status } = error
  const where = `the schema registry at ${withoutCredentials(url)} answers ${status}`
  if (status === 401 || status === 403) {
    return new ContractError('REGISTRY_REFUSED', `${where}: check SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD`, { cause: error })
  }
  if (status >= 500 || status === 429 || status === 408) {
    return new ContractError('REGISTRY_UNAVAILABLE', `${where}: ${error.message}`, { cause: error })
  }
  return new ContractError('REGISTRY_REFUSED', `${where}: ${error.message}; check SCHEMA_REGISTRY_URL`, { cause: error })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // A refused connection to localhost fails once for IPv4 and once for IPv6, and has a code but no message.
  return error.message || (error as NodeJS.ErrnoException).code || error.name
}

/** A registry's address may hold a password. */
function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//')
}
