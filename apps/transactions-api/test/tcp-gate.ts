import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A way to a server that can be closed and opened again: the server seems to go away and to come back. */
export interface TcpGate {
  readonly port: number
  open(): Promise<void>
  /** Ends every connection; new ones are refused. */
  close(): Promise<void>
}

/** A gate, closed at first, to a server on this machine. */
export async function tcpGate(target: { readonly host: string; readonly port: number }): Promise<TcpGate> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      // Whatever ends one side ends the other.
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  // Learn a free port, and keep it.
  await listen(0)
  const { port } = server.address() as AddressInfo
  await close()
  return { port, open: () => listen(port), close }
}
