import { composeFile } from '../../../test/compose-file.js'

/** What a container is run by. */
export interface ImageService {
  readonly image: string
  readonly environment: Readonly<Record<string, string>>
  readonly command: readonly string[]
}

/** A service as docker-compose.yml has it. @throws Error when it has none of that name, or what only compose resolves */
export function composeService(name: string): ImageService {
  const { image, environment = {}, command = [] } = composeFile().services[name] ?? {}
  if (image === undefined) throw new Error(`docker-compose.yml has no service ${name} with an image`)
  const variables = Object.fromEntries(Object.entries(environment).map(([variable, value]) => [variable, String(value)]))
  const unresolved = [image, ...command, ...Object.values(variables)].find((text) => text.includes('$'))
  if (unresolved !== undefined) throw new Error(`the service ${name} of docker-compose.yml depends on the environment: ${unresolved}`)
  return { image, environment: variables, command }
}
