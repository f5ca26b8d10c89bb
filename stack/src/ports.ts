import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { systemCode } from './errors.js'

export const HOST = '127.0.0.1'

/**
 * Ports are taken from below the range from which systems choose the local port of an outgoing connection (Linux from
 * 32768, macOS from 49152). Above, a client that keeps reconnecting to a server that is down can be given the server's
 * own port: it then talks to itself, and the server cannot come back on its port.
 */
const LOWEST = 18_000
const HIGHEST = 32_000

const taken = new Set<number>()

/** A free port on 127.0.0.1: the preferred one if it can be had, else any. Never the same twice in this process. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await take(preferred))) return preferred
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await take(port)) return port
  }
}

/** Whether a server could listen on this port of 127.0.0.1 now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => {
      // Anything else is wrong with every port: no address 127.0.0.1, no file left to open.
      if (systemCode(error) === 'EADDRINUSE' || systemCode(error) === 'EACCES') resolve(false)
      else reject(error)
    })
    probe.listen({ port, host: HOST, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/** Gives ports back that were taken here and are no longer needed. */
export function releasePorts(ports: Iterable<number>): void {
  for (const port of ports) taken.delete(port)
}

async function take(port: number): Promise<boolean> {
  if (taken.has(port)) return false
  taken.add(port)
  let free = false
  try {
    free = await isFree(port)
  } finally {
    if (!free) taken.delete(port)
  }
  return free
}
