import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
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

/** The ports that were given, each with what keeps other launchers off it. */
const taken = new Map<number, Socket>()

/**
 * A free port on 127.0.0.1: the preferred one if it can be had, else any. Never one that this or another launcher of
 * this machine was given and has not released: the server may not listen on it yet.
 */
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
      if (isTaken(error)) resolve(false)
      else reject(error)
    })
    probe.listen({ port, host: HOST, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/** Gives ports back that were taken here and are no longer needed. */
export function releasePorts(ports: Iterable<number>): void {
  for (const port of ports) {
    taken.get(port)?.close()
    taken.delete(port)
  }
}

async function take(port: number): Promise<boolean> {
  const reservation = await reserve(port)
  if (reservation === undefined) return false
  let free = false
  try {
    free = await isFree(port)
  } finally {
    if (free) taken.set(port, reservation)
    else reservation.close()
  }
  return free
}

/**
 * Takes the UDP port of the same number, where nothing of ours listens: one process can have it, and the system frees
 * it however that process ends.
 */
function reserve(port: number): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4').unref()
    socket.once('error', (error) => {
      socket.close()
      if (isTaken(error)) resolve(undefined)
      else reject(error)
    })
    socket.bind({ port, address: HOST, exclusive: true }, () => resolve(socket))
  })
}

/** Anything else is wrong with every port: no address 127.0.0.1, no file left to open. */
function isTaken(error: unknown): boolean {
  return ['EADDRINUSE', 'EACCES'].includes(systemCode(error) ?? '')
}
