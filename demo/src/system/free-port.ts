import { createServer } from 'node:net'

/** A port of 127.0.0.1 that nothing listens on now: the preferred one, or any. */
export async function freePort(preferred = 0): Promise<number> {
  try {
    return await boundPort(preferred)
  } catch (error) {
    if (preferred === 0) throw error
    return boundPort(0)
  }
}

function boundPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}
