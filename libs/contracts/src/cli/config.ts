/** What `register` needs of the environment. */
export interface RegisterConfig {
  readonly url: string
  readonly namespace: string
  readonly username?: string
  readonly password?: string
}

/** A wrong use of the command: its message goes to the person, and the exit code is 2. */
export class UsageError extends Error {}

/** @throws UsageError naming the variable and the fix. */
export function registerConfig(env: NodeJS.ProcessEnv = process.env): RegisterConfig {
  const url = env['SCHEMA_REGISTRY_URL']
  if (!url) throw new UsageError("SCHEMA_REGISTRY_URL is not set: give the address of the registry's Confluent API, such as http://127.0.0.1:8081/apis/ccompat/v7")
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new UsageError('SCHEMA_REGISTRY_URL is not an http or https address')
  const username = env['SCHEMA_REGISTRY_USERNAME']
  const password = env['SCHEMA_REGISTRY_PASSWORD']
  return {
    url,
    namespace: env['KAFKA_NAMESPACE'] ?? '',
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
  }
}
