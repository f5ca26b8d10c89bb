import type { ServerName } from '../../src/index.js'
import type { ImageService } from './compose.js'

/** A server that runs in a container. */
export type ContainedName = Exclude<ServerName, 'twilio'> | 'mariadb'

/** A server of docker-compose.yml as the tests run it: like `Server` of the local stack. */
export interface ContainedServer {
  readonly name: ContainedName
  /** Its service in docker-compose.yml; also its name for the other containers. */
  readonly service: string
  readonly needs: readonly ContainedName[]
  /** Where it listens in its container. Each is published on a port of 127.0.0.1; `ports` below are those, in this order. */
  readonly listens: readonly number[]
  /** The variables of the container. Default: those of compose. */
  environment?(compose: ImageService['environment'], ports: readonly number[]): Record<string, string>
  /** Arguments after those of compose. */
  readonly more?: readonly string[]
  /** Whether it serves requests, asked from here. May throw: a refused connection means "not yet". */
  ready(ports: readonly number[]): Promise<boolean>
  /** What its clients find in the environment. */
  env(ports: readonly number[]): Record<string, string>
}
