import { randomBytes } from 'node:crypto'
import { query, urlOf } from '../../src/postgres.js'
import type { ContainedServer } from './contained-server.js'

export function postgres(): ContainedServer {
  const password = randomBytes(16).toString('hex')
  const url = ([port]: readonly number[]): string => urlOf(Number(port), password)
  return {
    name: 'postgres',
    service: 'postgres',
    needs: [],
    listens: [5432],
    // In the place of a file that compose makes.
    environment: () => ({ POSTGRES_PASSWORD: password }),
    // Many tests have pools on it at the same time.
    more: ['-c', 'max_connections=200'],
    async ready(ports) {
      await query(url(ports), 'SELECT 1')
      return true
    },
    env: (ports) => ({ POSTGRES_URL: url(ports) }),
  }
}
