import { randomBytes } from 'node:crypto'
import { query, urlOf } from '../../src/mariadb.js'
import type { ContainedServer } from './contained-server.js'

/** The bank's database: MySQL here, where the local stack has MariaDB. */
export function mysql(): ContainedServer {
  const password = randomBytes(16).toString('hex')
  const url = ([port]: readonly number[]): string => urlOf(Number(port), password)
  return {
    name: 'mariadb',
    service: 'mysql',
    needs: [],
    listens: [3306],
    // In the place of a file that compose makes.
    environment: () => ({ MYSQL_ROOT_PASSWORD: password }),
    async ready(ports) {
      await query(url(ports), 'SELECT 1')
      return true
    },
    env: (ports) => ({ MYSQL_URL: url(ports) }),
  }
}
