import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'

/** A way to the server that can be cut and mended, so that one test's outage is not every test's. */
export class Wire {
  private server: Server | undefined
  private readonly sockets = new Set<Socket>()
  private port = 0

  constructor(private readonly target: URL) {}

  async mend(): Promise<void> {
    this.server = createServer((near) => {
      const far = connect(Number(this.target.port), this.target.hostname)
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(socket)
        socket.on('error', () => other.destroy()).on('close', () => other.destroy())
        socket.pipe(other)
      }
    })
    this.server.listen(this.port, '127.0.0.1')
    await once(this.server, 'listening')
    this.port = (this.server.address() as AddressInfo).port
  }

  /** Connections are made, and end at once: a server that does not get to answer. Gives their number so far. */
  async refuse(): Promise<() => number> {
    let attempts = 0
    this.server = createServer((near) => {
      attempts += 1
      near.destroy()
    })
    this.server.listen(this.port, '127.0.0.1')
    await once(this.server, 'listening')
    return () => attempts
  }

  /** Connections stay, but nothing passes any more, and no new one is made. */
  freeze(): void {
    this.server?.close()
    for (const socket of this.sockets) socket.unpipe().pause()
  }

  async cut(): Promise<void> {
    const closed = this.server?.listening ? once(this.server, 'close') : undefined
    this.server?.close()
    for (const socket of this.sockets) socket.destroy()
    this.sockets.clear()
    await closed
    this.server = undefined
  }

  url(): string {
    const url = new URL(this.target)
    url.host = `127.0.0.1:${this.port}`
    return url.href
  }
}
