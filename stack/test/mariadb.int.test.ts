import mysql, { type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMysqlDatabase, type Stack, startStack } from '../src/index.js'

describe('MariaDB of the stack', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({ servers: ['mariadb'] })
  })
  afterAll(() => stack?.stop())

  const rows = async (url: string, sql: string): Promise<RowDataPacket[]> => {
    const connection = await mysql.createConnection(url)
    try {
      return (await connection.query<RowDataPacket[]>(sql))[0]
    } finally {
      await connection.end()
    }
  }
  const server = (): string => stack.env['MYSQL_URL'] as string

  it('writes each change of a row to its binary log, in UTC and all of Unicode', async () => {
    const settings = await rows(server(), 'SELECT @@log_bin AS log, @@binlog_format AS format, @@time_zone AS zone, @@character_set_server AS characters')
    expect(settings).toEqual([{ log: 1, format: 'ROW', zone: '+00:00', characters: 'utf8mb4' }])
  })

  it('has a password of its own', async () => {
    const url = new URL(server())
    url.password = ''
    await expect(rows(url.href, 'SELECT 1')).rejects.toMatchObject({ code: 'ER_ACCESS_DENIED_ERROR' })
  })

  it('makes a database once, whatever its name', async () => {
    const name = 'a `bank`.2'
    const url = await createMysqlDatabase(server(), name)
    expect(await createMysqlDatabase(server(), name)).toBe(url)
    expect(await rows(url, 'SELECT DATABASE() AS name')).toEqual([{ name }])
  })

  it('has after a kill what was committed before it', async () => {
    const url = await createMysqlDatabase(server(), 'kept')
    await rows(url, 'CREATE TABLE kept (id INT PRIMARY KEY)')
    await rows(url, 'INSERT INTO kept VALUES (7)')
    await stack.kill('mariadb')
    await stack.start('mariadb')
    expect(await rows(url, 'SELECT id FROM kept')).toEqual([{ id: 7 }])
  })
})
