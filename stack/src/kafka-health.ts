import { once } from 'node:events'
import { connect } from 'node:net'

/** Kafka protocol: Metadata request, version 1, the last whose fields are all of fixed-width encoding. */
const METADATA = { key: 3, version: 1 }
const TIMEOUT = 2000

/**
 * How many brokers the cluster behind this address has that serve requests (a broker that has started but not joined,
 * or that the controller has fenced, is not among them). Asked in Kafka's own protocol, one request on one connection,
 * so that the stack needs no Kafka client.
 *
 * @throws when there is no connection or no answer within two seconds
 */
export async function liveBrokers(host: string, port: number): Promise<number> {
  const socket = connect({ host, port })
  socket.setTimeout(TIMEOUT, () => socket.destroy(new Error(`no answer from ${host}:${port}`)))
  try {
    await once(socket, 'connect')
    socket.write(metadataRequest())
    let answer = Buffer.alloc(0)
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk as Buffer])
      // Length (4), correlation id (4), then the array of brokers, which begins with its count (4).
      if (answer.length >= 12) return answer.readInt32BE(8)
    }
    throw new Error(`${host}:${port} closed the connection`)
  } finally {
    socket.destroy()
  }
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
