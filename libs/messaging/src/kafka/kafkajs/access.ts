import type { Admin as Client } from 'kafkajs'
import { MessagingError } from '../../errors.js'
import { aclCodes, aclKey, aclOf, anyAcl } from '../acl-codes.js'
import { endedWithin } from '../patience.js'
import type { Access, Acl, KafkaClientOptions } from '../ports.js'
import { untilKnown } from '../until-known.js'
import { kafkaOf } from './cluster.js'
import { messagingError } from './errors.js'
import { Sockets } from './sockets.js'

const requestTimeoutMs = 10_000
const closePatienceMs = 2_000

export class KafkajsAccess implements Access {
  readonly #client: Client
  readonly #sockets = new Sockets()
  readonly #closing = new AbortController()
  #connected: Promise<void> | null = null

  constructor(options: KafkaClientOptions) {
    this.#client = kafkaOf(options, { requestTimeout: requestTimeoutMs, retry: { retries: 3, initialRetryTime: 100 }, socketFactory: this.#sockets.factory }).admin()
  }

  async acls(): Promise<Acl[]> {
    const { resources } = await this.#asked('Asking for ACLs', (client) => client.describeAcls(anyAcl))
    return resources.flatMap(({ acls, ...target }) => acls.flatMap((acl) => aclOf({ ...target, ...acl }) ?? []))
  }

  async createAcls(acls: readonly Acl[]): Promise<void> {
    if (acls.length === 0) return
    await this.#asked('Creating ACLs', (client) => client.createAcls({ acl: acls.map(aclCodes) }))
    await untilKnown(() => this.acls(), (there) => acls.every((acl) => there.has(aclKey(acl))), this.#closing.signal)
  }

  async deleteAcls(acls: readonly Acl[]): Promise<void> {
    if (acls.length === 0) return
    await this.#asked('Deleting ACLs', (client) => client.deleteAcls({ filters: acls.map(aclCodes) }))
    await untilKnown(() => this.acls(), (there) => acls.every((acl) => !there.has(aclKey(acl))), this.#closing.signal)
  }

  setPassword(user: string): Promise<void> {
    return Promise.reject(new MessagingError('KAFKA_UNSUPPORTED', `kafkajs cannot set the password of ${user}: set KAFKA_CLIENT=platformatic`))
  }

  async close(): Promise<void> {
    this.#closing.abort()
    if (this.#connected) await endedWithin(this.#client.disconnect(), closePatienceMs)
    this.#sockets.close()
  }

  async #asked<T>(doing: string, request: (client: Client) => Promise<T>): Promise<T> {
    try {
      await (this.#connected ??= this.#client.connect())
      return await request(this.#client)
    } catch (error) {
      throw messagingError(error, doing)
    }
  }
}
