import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KafkajsCluster } from './cluster.js'

/** A broker that says nothing. */
let server: Server
const connections: Socket[] = []

beforeEach(async () => {
  connections.length = 0
  server = createServer((socket) => void connections.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  for (const socket of connections) socket.destroy()
  server.close()
})

describe('a cluster that was closed', () => {
  it('is not connected to any more: nobody would close that', async () => {
    const cluster = new KafkajsCluster({ clientId: 'test', brokers: [`127.0.0.1:${(server.address() as AddressInfo).port}`] }, 300)
    await cluster.close()
    await expect(cluster.know(['t'])).rejects.toThrow('closed')
  })
})
