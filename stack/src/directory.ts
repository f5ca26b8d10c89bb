import { fileURLToPath } from 'node:url'

/** Where jars and the data of runs are kept when nothing else is said. */
export function repositoryStackDirectory(): string {
  return fileURLToPath(new URL('../../.stack', import.meta.url))
}
