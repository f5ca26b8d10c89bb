import { Connection } from '@platformatic/kafka'
import { expect, it } from 'vitest'
import './mend-connections.js'

it('a connection that failed may fail once more, and nobody need listen', async () => {
  const connection = new Connection('test', { connectTimeout: 1_000 })
  await expect(connection.connect('127.0.0.1', 1)).rejects.toThrow(/failed/)
  expect(() => connection.emit('error', new Error('reset'))).not.toThrow()
})
