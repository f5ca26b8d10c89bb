import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** Kafka protocol: Metadata request, version 1, the last whose fields are all of fixed-width encoding. */
const METADATA = { key: 3, version: 1 }
const TIMEOUT = 2000

/**
 * Ports of the brokers that serve requests in the cluster behind this address (one that has started but not joined, or
 * that the controller has fenced, is not among them). Asked in Kafka's own protocol, one request on one connection, so
 * that the stack needs no Kafka client.
 *
 * @param ca reaches the broker by TLS and trusts this authority, in PEM
 * @throws when there is no connection or no answer within two seconds
 */
export async function liveBrokers(host: string, port: number, ca?: string): Promise<number[]> {
  const socket = ca === undefined ? connect({ host, port }) : connectTls({ host, port, ca })
  socket.setTimeout(TIMEOUT, () => socket.destroy(new Error(`no answer from ${host}:${port}`)))
  try {
    await once(socket, ca === undefined ? 'connect' : 'secureConnect')
    socket.write(metadataRequest())
    let answer = Buffer.alloc(0)
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk as Buffer])
      if (answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0)) return portsIn(answer)
    }
    throw new Error(`${host}:${port} closed the connection`)
  } finally {
    socket.destroy()
  }
}

/** Length (4), correlation id (4), then the array of brokers: its count (4), and of each id (4), host, port (4), rack. */
function portsIn(answer: Buffer): number[] {
  const ports: number[] = []
  let at = 12
  for (let count = answer.readInt32BE(8); count > 0; count--) {
    at = afterText(answer, at + 4)
    ports.push(answer.readInt32BE(at))
    at = afterText(answer, at + 4)
  }
  return ports
}

/** A text is its length (2; -1 for none) and its bytes. */
function afterText(answer: Buffer, at: number): number {
  return at + 2 + Math.max(0, answer.readInt16BE(at))
}

function metadataRequest(): Buffer {
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + 4)
  request.writeInt32BE(request.length - 4, 0)
  request.writeInt16BE(METADATA.key, 4)
  request.writeInt16BE(METADATA.version, 6)
  request.writeInt32BE(1, 8) // correlation id
  request.writeInt16BE(-1, 12) // no client id
  request.writeInt32BE(0, 14) // no topics
  return request
}
