import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it, vi } from 'vitest'
import { freePort, HOST, isFree, releasePorts } from './ports.js'

it('takes the preferred port when it is free, and another when it is not', async () => {
  const port = await freePort()
  releasePorts([port])
  expect(await freePort(port)).toBe(port)
  releasePorts([port])

  const server = createServer().listen(port, HOST)
  await once(server, 'listening')
  expect(await isFree(port)).toBe(false)
  expect(await freePort(port)).not.toBe(port)
  server.close()
})

it('gives no port twice, not even the preferred one', async () => {
  const port = await freePort()
  const others = await Promise.all(Array.from({ length: 50 }, () => freePort(port)))
  expect(new Set([port, ...others]).size).toBe(51)
  releasePorts(others)
})

it('gives no port that another launcher was given, though nothing listens there yet', async () => {
  const port = await freePort()
  vi.resetModules()
  const other = await import('./ports.js') // knows nothing of this one's, as another process
  const another = await other.freePort(port)
  expect(another).not.toBe(port)
  releasePorts([port])
  expect(await other.freePort(port)).toBe(port)
  other.releasePorts([port, another])
})

it('gives ports below those that systems use for outgoing connections', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()))
  for (const port of ports) expect(port).toBeLessThan(32_768)
  releasePorts(ports)
})
