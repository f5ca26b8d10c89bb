import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectEncrypted } from 'node:tls'
import type { ISocketFactory } from 'kafkajs'
import { tlsWanted } from '../tls-refusal.js'

const keepAliveMs = 60_000

/** Whether bytes are the alert or handshake of a server that wants TLS (RFC 8446, 5.1). No answer of Kafka is so long. */
function isTls(bytes: Buffer): boolean {
  return (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03
}

/** The connections of a client: it closes one only when all requests on it are answered, which may be never. */
export class Sockets {
  readonly #open = new Set<Socket>()
  /** Why there are no more. */
  #closed: Error | null = null

  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const socket = (ssl as typeof ssl | undefined)
      ? connectEncrypted({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
      : connectPlain({ host, port }, onConnect).once('data', (first) => {
          // The client would take it for the length of an answer, and wait for that.
          if (isTls(first)) socket.destroy(tlsWanted())
        })
    socket.setKeepAlive(true, keepAliveMs)
    socket.setNoDelay(true)
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    if (this.#closed) socket.destroy(this.#closed)
    return socket
  }

  /** Requests that are under way fail. */
  destroy(reason: string): void {
    for (const socket of this.#open) socket.destroy(new Error(reason))
  }

  /** For good: what is opened after it would never be closed. */
  close(): void {
    this.#closed = new Error('The client was closed')
    this.destroy(this.#closed.message)
  }
}
